package io.waybill.channel.email;

import io.waybill.domain.Hashing;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests to Amazon's services: Signature Version 4, for paths of plain ASCII without a
 * query. The SDK's own signer would bring the SDK along, and logs what it signs.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html">the
 *     specification</a>
 */
final class SignatureV4 {
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final String HMAC = "HmacSHA256";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final int DATE_LENGTH = 8;

  private final String service;
  private final String region;

  SignatureV4(String service, String region) {
    this.service = service;
    this.region = region;
  }

  /**
   * The call with the headers that prove who makes it.
   *
   * @param host the Host header
   */
  HttpCall sign(
      HttpCall call,
      String host,
      String accessKeyId,
      String secretAccessKey,
      Optional<String> sessionToken,
      Instant now) {
    String time = TIME.format(now);
    Map<String, String> added = new TreeMap<>();
    added.put("X-Amz-Date", time);
    sessionToken.ifPresent(token -> added.put("X-Amz-Security-Token", token));
    TreeMap<String, String> signed = new TreeMap<>();
    signed.put("host", host);
    Optional.ofNullable(call.headers().get("Content-Type"))
        .ifPresent(type -> signed.put("content-type", type));
    added.forEach((name, value) -> signed.put(name.toLowerCase(Locale.ROOT), value));
    String names = String.join(";", signed.keySet());
    String canonical =
        call.method()
            + "\n"
            + call.path()
            + "\n\n"
            + signed.entrySet().stream()
                .map(header -> header.getKey() + ":" + header.getValue().strip() + "\n")
                .collect(Collectors.joining())
            + "\n"
            + names
            + "\n"
            + call.sha256();
    String date = time.substring(0, DATE_LENGTH);
    String scope = date + "/" + region + "/" + service + "/aws4_request";
    String toSign =
        ALGORITHM
            + "\n"
            + time
            + "\n"
            + scope
            + "\n"
            + Hashing.sha256Hex(canonical.getBytes(StandardCharsets.UTF_8));
    byte[] key = hmac(("AWS4" + secretAccessKey).getBytes(StandardCharsets.UTF_8), date);
    for (String part : new String[] {region, service, "aws4_request"}) {
      key = hmac(key, part);
    }
    added.put(
        "Authorization",
        ALGORITHM
            + " Credential="
            + accessKeyId
            + "/"
            + scope
            + ", SignedHeaders="
            + names
            + ", Signature="
            + HexFormat.of().formatHex(hmac(key, toSign)));
    return call.with(added);
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no HMAC with SHA-256", e);
    }
  }
}
