package io.waybill.secrets;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Seals credentials with the keyset's primary key, before they are first published. Each call gives
 * another ciphertext (random nonce). Safe to share between threads.
 */
public final class Sealer {
  /** 48 bits: enough to tell an organization's values apart, too few to confirm a guess by. */
  private static final int FINGERPRINT_BYTES = 6;

  private final Keyset keyset;

  public Sealer(Keyset keyset) {
    this.keyset = keyset;
  }

  /**
   * Seals one field, bound to its organization, destination and name, and to the place where the
   * configuration sends it: moved to another of these it does not open.
   *
   * @param config of which {@link DestinationConfig#credentialsGoTo} counts
   * @param fieldName 1 to 256 characters of visible ASCII: {@code webhook.headers.authorization}
   * @throws IllegalArgumentException when the name has another form
   * @throws IllegalStateException when the secret is destroyed
   */
  public SealedField seal(
      OrganizationId organization,
      DestinationId destination,
      DestinationConfig config,
      String fieldName,
      Secret value) {
    if (!Binding.isFieldName(fieldName)) {
      throw new IllegalArgumentException(
          "the name of a sealed field must be 1 to 256 characters of visible ASCII");
    }
    byte[] associatedData = Binding.toPlace(organization, destination, config, fieldName);
    byte[] ciphertext = value.use(clear -> encrypt(clear, associatedData));
    return new SealedField(
        fieldName, ciphertext, fingerprint(organization, value), SealedField.TO_PLACE);
  }

  /**
   * A keyed hash, 12 lower-case hexadecimal digits, by which an organization can tell whether two
   * of its values are the same. The same value of another organization has another fingerprint, and
   * without the keyset a fingerprint does not help to guess the value.
   */
  public String fingerprint(OrganizationId organization, Secret value) {
    return value.use(clear -> fingerprint(organization, clear));
  }

  private String fingerprint(OrganizationId organization, byte[] clear) {
    byte[] input = Binding.fingerprintInput(organization, clear);
    try {
      byte[] hash = keyset.prf().computePrimary(input, FINGERPRINT_BYTES);
      return HexFormat.of().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot compute HMAC-SHA-256", e);
    } finally {
      Arrays.fill(input, (byte) 0);
    }
  }

  private byte[] encrypt(byte[] clear, byte[] associatedData) {
    try {
      return keyset.aead().encrypt(clear, associatedData);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot encrypt with AES-256-GCM", e);
    }
  }
}
