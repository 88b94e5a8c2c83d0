package io.waybill.domain;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and keys in PEM (RFC 7468). Certificates are stored in clear, so a text that holds
 * anything else is refused: a key that was pasted along would be published.
 */
public final class PemRules {
  private PemRules() {}

  public static final String INVALID_CERTIFICATE = "invalid-certificate";
  public static final String INVALID_KEY = "invalid-key";

  /** Of one text, in characters. */
  public static final int MAX_LENGTH = 32 * 1024;

  /** Of a key, in characters: one of 4096 bits of RSA has 3,300. */
  public static final int MAX_KEY_LENGTH = 12 * 1024;

  private static final Pattern CERTIFICATES =
      Pattern.compile(
          "\\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]*-----END CERTIFICATE-----\\s*)+");
  private static final Pattern KEY =
      Pattern.compile(
          "\\s*-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]*)-----END PRIVATE KEY-----\\s*");

  /** All that is wrong with a text that should hold certificates. */
  public static List<FieldError> checkCertificates(String field, String pem) {
    if (pem.length() > MAX_LENGTH) {
      return List.of(
          new FieldError(
              field,
              DestinationRules.TOO_LONG,
              "must have at most "
                  + MAX_LENGTH
                  + " characters: give the authorities that are"
                  + " needed, not all that there are"));
    }
    if (pem.contains("PRIVATE KEY")) {
      return List.of(
          new FieldError(
              field,
              INVALID_CERTIFICATE,
              "holds a private key, which would be published here: give certificates only, and"
                  + " consider the key known"));
    }
    if (!CERTIFICATES.matcher(pem).matches()) {
      return List.of(
          new FieldError(
              field,
              INVALID_CERTIFICATE,
              "must hold -----BEGIN CERTIFICATE----- blocks and nothing else"));
    }
    return certificates(pem).isEmpty()
        ? List.of(
            new FieldError(
                field, INVALID_CERTIFICATE, "holds a block that is no X.509 certificate"))
        : List.of();
  }

  /** The certificates of a text, in its order; none when one of them cannot be read. */
  public static List<X509Certificate> certificates(String pem) {
    try {
      List<X509Certificate> certificates = new ArrayList<>();
      CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
          .forEach(certificate -> certificates.add((X509Certificate) certificate));
      return List.copyOf(certificates);
    } catch (CertificateException e) {
      return List.of();
    }
  }

  /**
   * All that is wrong with the key of a client's certificate; it is never repeated.
   *
   * @param certificate whose key it should be, where that can be read
   */
  public static List<FieldError> checkKey(
      String field, String pem, Optional<X509Certificate> certificate) {
    if (pem.length() > MAX_KEY_LENGTH) {
      return List.of(
          new FieldError(
              field,
              DestinationRules.TOO_LONG,
              "must have at most " + MAX_KEY_LENGTH + " characters"));
    }
    Optional<PrivateKey> key = privateKey(pem);
    if (key.isEmpty()) {
      return List.of(
          new FieldError(
              field,
              INVALID_KEY,
              "must be one -----BEGIN PRIVATE KEY----- block (PKCS#8, without a password) of RSA,"
                  + " EC or Ed25519; `openssl pkcs8 -topk8 -nocrypt -in KEY` makes one"));
    }
    return certificate.isPresent() && !belongTogether(key.get(), certificate.get().getPublicKey())
        ? List.of(
            new FieldError(field, INVALID_KEY, "is not the key of the first clientCertificate"))
        : List.of();
  }

  /** The key of a text in PKCS#8, or nothing when it holds none. */
  public static Optional<PrivateKey> privateKey(String pem) {
    Matcher block = KEY.matcher(pem);
    if (!block.matches()) {
      return Optional.empty();
    }
    byte[] der;
    try {
      der = Base64.getMimeDecoder().decode(block.group(1));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
      try {
        return Optional.of(
            KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der)));
      } catch (GeneralSecurityException e) {
        // Of another algorithm; only trying tells.
      }
    }
    return Optional.empty();
  }

  private static boolean belongTogether(PrivateKey key, PublicKey certified) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "Ed25519";
        };
    try {
      byte[] probe = {1};
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(probe);
      byte[] signature = signing.sign();
      Signature verifying = Signature.getInstance(algorithm);
      verifying.initVerify(certified);
      verifying.update(probe);
      return verifying.verify(signature);
    } catch (GeneralSecurityException e) {
      // Of different algorithms, or one that this JVM does not know.
      return false;
    }
  }
}
