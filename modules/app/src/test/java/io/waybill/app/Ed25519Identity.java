package io.waybill.app;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.NamedParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * An Ed25519 key of a given seed and the certificate (RFC 5280, RFC 8410) that it signs for itself:
 * of 127.0.0.1, so that it does for either side.
 */
record Ed25519Identity(KeyPair keys, X509Certificate certificate) {
  private static final byte[] ED25519 = sequence(tlv(6, new byte[] {0x2b, 0x65, 0x70}));
  private static final byte[] SUBJECT_ALTERNATIVE_NAME = tlv(6, new byte[] {0x55, 0x1d, 17});
  private static final byte[] COMMON_NAME = tlv(6, new byte[] {0x55, 4, 3});
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  /** Chance that is none: the JDK takes a key's seed from it. */
  private static final class Seed extends SecureRandom {
    private static final long serialVersionUID = 1;
    private final byte[] seed;

    Seed(byte[] seed) {
      this.seed = seed.clone();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
  }

  /** Of 32 bytes; without them, of any. */
  static Ed25519Identity of(Optional<byte[]> seed) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
      generator.initialize(
          NamedParameterSpec.ED25519, seed.<SecureRandom>map(Seed::new).orElse(new SecureRandom()));
      KeyPair keys = generator.generateKeyPair();
      Instant now = Instant.now();
      byte[] name = sequence(tlv(0x31, sequence(COMMON_NAME, tlv(0x0c, ascii("canary")))));
      byte[] address = sequence(tlv(0x87, new byte[] {127, 0, 0, 1}));
      byte[] toBeSigned =
          sequence(
              tlv(0xa0, tlv(2, new byte[] {2})),
              tlv(2, new BigInteger(64, new SecureRandom()).setBit(62).toByteArray()),
              ED25519,
              name,
              sequence(time(now.minusSeconds(3600)), time(now.plus(Duration.ofDays(30)))),
              name,
              keys.getPublic().getEncoded(),
              tlv(0xa3, sequence(sequence(SUBJECT_ALTERNATIVE_NAME, tlv(4, address)))));
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(keys.getPrivate());
      signature.update(toBeSigned);
      byte[] der = sequence(toBeSigned, ED25519, tlv(3, joined(new byte[1], signature.sign())));
      return new Ed25519Identity(
          keys,
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  String certificatePem() {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  String keyPem() {
    return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
  }

  /** The seed and the public key, as {@code whsk_} secrets hold them. */
  byte[] pair() {
    byte[] seed = keys.getPrivate().getEncoded();
    byte[] point = keys.getPublic().getEncoded();
    return joined(tail(seed), tail(point));
  }

  /** It alone, with a password of no characters. */
  KeyStore keyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("own", keys.getPrivate(), new char[0], new X509Certificate[] {certificate});
    return store;
  }

  private static byte[] tail(byte[] encoded) {
    return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
  }

  private static byte[] time(Instant at) {
    return tlv(0x18, ascii(TIME.format(at)));
  }

  private static byte[] sequence(byte[]... parts) {
    return tlv(0x30, joined(parts));
  }

  private static byte[] tlv(int tag, byte[] content) {
    int size = content.length;
    byte[] length =
        size < 128
            ? new byte[] {(byte) size}
            : size < 256
                ? new byte[] {(byte) 0x81, (byte) size}
                : new byte[] {(byte) 0x82, (byte) (size >> 8), (byte) size};
    return joined(new byte[] {(byte) tag}, length, content);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(what, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), what);
  }
}
