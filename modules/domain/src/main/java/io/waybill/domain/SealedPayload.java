package io.waybill.domain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A payload as its publisher sealed it with a key of the organization: data and metadata in one
 * ciphertext, bound to organization, delivery and payload type. On its way it is JSON like any
 * other data, {@link #toJson}, and only a channel opens it.
 *
 * @param keyId of the key that sealed it: up to ten digits
 * @param hmac HMAC-SHA-256 of data and metadata with another key of the organization, 64 lower-case
 *     hexadecimal digits: ciphertexts always differ, and a repeated request must be recognised
 * @param ciphertext nonce, data and tag behind a prefix of five bytes; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content below
public record SealedPayload(String keyId, String hmac, byte[] ciphertext) {
  /** The only one that there is. */
  public static final String ALGORITHM = "AES-256-GCM";

  /** Prefix, nonce, the length that is sealed with the data, and tag. */
  private static final int FEWEST_BYTES = 5 + 12 + 4 + 16;

  private static final Pattern KEY_ID = Pattern.compile("[0-9]{1,10}");
  private static final Pattern HMAC = Pattern.compile("[0-9a-f]{64}");
  private static final String BEGIN = "{\"algorithm\":\"" + ALGORITHM + "\",\"keyId\":\"";
  private static final String HMAC_FIELD = "\",\"hmac\":\"";
  private static final String CIPHERTEXT_FIELD = "\",\"ciphertext\":\"";
  private static final String END = "\"}";
  private static final Pattern HEAD =
      Pattern.compile(
          Pattern.quote(BEGIN)
              + "([0-9]{1,10})"
              + Pattern.quote(HMAC_FIELD)
              + "([0-9a-f]{64})"
              + Pattern.quote(CIPHERTEXT_FIELD));
  private static final int LONGEST_HEAD =
      BEGIN.length() + 10 + HMAC_FIELD.length() + 64 + CIPHERTEXT_FIELD.length();

  /**
   * All that is wrong with it.
   *
   * @param field where it stands: {@code payload.sealed}
   */
  public static List<FieldError> check(
      String field, String algorithm, String keyId, String hmac, byte[] ciphertext) {
    List<FieldError> errors = new ArrayList<>();
    if (!algorithm.equals(ALGORITHM)) {
      errors.add(new FieldError(field + ".algorithm", "invalid", "must be " + ALGORITHM));
    }
    if (!KEY_ID.matcher(keyId).matches()) {
      errors.add(new FieldError(field + ".keyId", "invalid", "must be 1 to 10 digits"));
    }
    if (!HMAC.matcher(hmac).matches()) {
      errors.add(
          new FieldError(field + ".hmac", "invalid", "must be 64 lower-case hexadecimal digits"));
    }
    if (ciphertext.length < FEWEST_BYTES) {
      errors.add(
          new FieldError(
              field + ".ciphertext", "invalid", "must have at least " + FEWEST_BYTES + " bytes"));
    }
    return List.copyOf(errors);
  }

  /** Its one JSON form, byte for byte the same wherever it is made. */
  public RawJson toJson() {
    byte[] head =
        (BEGIN + keyId + HMAC_FIELD + hmac + CIPHERTEXT_FIELD).getBytes(StandardCharsets.US_ASCII);
    byte[] coded = Base64.getEncoder().encode(ciphertext);
    byte[] all = Arrays.copyOf(head, head.length + coded.length + END.length());
    System.arraycopy(coded, 0, all, head.length, coded.length);
    System.arraycopy(
        END.getBytes(StandardCharsets.US_ASCII), 0, all, head.length + coded.length, END.length());
    return new RawJson(all);
  }

  /** Reads {@link #toJson}; nothing when it is anything else. */
  public static Optional<SealedPayload> parse(RawJson json) {
    byte[] bytes = json.bytes();
    Matcher head = head(bytes);
    int end = bytes.length - END.length();
    if (!head.lookingAt() || end < head.end()) {
      return Optional.empty();
    }
    try {
      byte[] ciphertext = Base64.getDecoder().decode(Arrays.copyOfRange(bytes, head.end(), end));
      return Optional.of(new SealedPayload(head.group(1), head.group(2), ciphertext));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The HMAC in {@link #toJson}, without decoding the rest; nothing when it is anything else. */
  public static Optional<String> hmacOf(RawJson json) {
    Matcher head = head(json.bytes());
    return head.lookingAt() ? Optional.of(head.group(2)) : Optional.empty();
  }

  private static Matcher head(byte[] bytes) {
    int length = Math.min(bytes.length, LONGEST_HEAD);
    return HEAD.matcher(new String(bytes, 0, length, StandardCharsets.US_ASCII));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SealedPayload that
        && keyId.equals(that.keyId)
        && hmac.equals(that.hmac)
        && Arrays.equals(ciphertext, that.ciphertext);
  }

  @Override
  public int hashCode() {
    return 31 * keyId.hashCode() + hmac.hashCode();
  }

  @Override
  public String toString() {
    return "SealedPayload[key " + keyId + ", " + ciphertext.length + " bytes]";
  }
}
