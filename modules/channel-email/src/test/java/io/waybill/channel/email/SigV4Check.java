package io.waybill.channel.email;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a service of Amazon's does with a signature: computes it again out of what it received.
 * Written from the specification, and tried on what Amazon's own signer makes.
 */
final class SigV4Check {
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)/(\\d{8})/([a-z0-9-]+)/(ses)/aws4_request,"
              + " SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})");

  private SigV4Check() {}

  /** What the request says of itself, after its signature was found right. */
  record Signed(String accessKeyId, String region, String headers) {}

  /**
   * @throws AssertionError when the service would refuse
   */
  static Signed verify(
      String method, String path, Function<String, String> header, byte[] body, String secret) {
    Matcher found = AUTHORIZATION.matcher(header.apply("Authorization"));
    if (!found.matches()) {
      throw new AssertionError("no signature: " + header.apply("Authorization"));
    }
    String date = found.group(2);
    String time = header.apply("X-Amz-Date");
    String names = found.group(5);
    if (!time.startsWith(date + "T") || !names.contains("host") || !names.contains("x-amz-date")) {
      throw new AssertionError("signs too little: " + names);
    }
    String headers =
        Arrays.stream(names.split(";"))
            .map(name -> name + ":" + header.apply(name).trim() + "\n")
            .collect(Collectors.joining());
    String canonical = String.join("\n", method, path, "", headers, names, hex(digest(body)));
    String scope = String.join("/", date, found.group(3), "ses", "aws4_request");
    String toSign =
        String.join("\n", "AWS4-HMAC-SHA256", time, scope, hex(digest(bytes(canonical))));
    byte[] key = bytes("AWS4" + secret);
    for (String part : scope.split("/")) {
      key = hmac(key, part);
    }
    if (!hex(hmac(key, toSign)).equals(found.group(6))) {
      throw new AssertionError("the signature is not right");
    }
    return new Signed(found.group(1), found.group(3), names);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(bytes(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
