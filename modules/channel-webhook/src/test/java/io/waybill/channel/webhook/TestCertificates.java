package io.waybill.channel.webhook;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Certificates of any kind in no time: X.509 (RFC 5280) by hand, EC keys of P-256. */
final class TestCertificates {
  private static final byte[] ECDSA_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final Instant NOW = Instant.now();

  private TestCertificates() {}

  /** A certificate, its key, and who signed it. */
  record Certified(X509Certificate certificate, KeyPair keys, Optional<Certified> issuer) {
    String pem() {
      return TestCertificates.pem("CERTIFICATE", encoded(certificate));
    }

    /** It and its issuers. */
    String chainPem() {
      return pem() + issuer.map(Certified::chainPem).orElse("");
    }

    String keyPem() {
      return TestCertificates.pem("PRIVATE KEY", keys.getPrivate().getEncoded());
    }

    /** For a server that shows it. */
    KeyStore keyStore(char[] password) throws Exception {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      List<X509Certificate> chain = new ArrayList<>();
      for (Optional<Certified> each = Optional.of(this);
          each.isPresent();
          each = each.get().issuer()) {
        chain.add(each.get().certificate());
      }
      store.setKeyEntry(
          "server", keys.getPrivate(), password, chain.toArray(X509Certificate[]::new));
      return store;
    }
  }

  /** An authority that vouches for itself. */
  static Certified authority(String name) {
    return made(name, Optional.empty(), true, Optional.empty(), NOW.minusSeconds(3600), 30);
  }

  /** A certificate for a host, valid now. */
  static Certified forHost(String host, Certified issuer) {
    return made(host, Optional.of(issuer), false, Optional.of(host), NOW.minusSeconds(3600), 30);
  }

  static Certified forHost(String host, Certified issuer, Instant from, int days) {
    return made(host, Optional.of(issuer), false, Optional.of(host), from, days);
  }

  /** A server that signed its certificate itself. */
  static Certified selfSigned(String host) {
    return made(host, Optional.empty(), false, Optional.of(host), NOW.minusSeconds(3600), 30);
  }

  private static Certified made(
      String name,
      Optional<Certified> issuer,
      boolean authority,
      Optional<String> host,
      Instant from,
      int days) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      byte[] issuerName =
          issuer
              .map(by -> by.certificate().getSubjectX500Principal().getEncoded())
              .orElseGet(() -> commonName(name));
      byte[] tbs =
          sequence(
              tlv(0xa0, integer(BigInteger.TWO)),
              integer(new BigInteger(64, new SecureRandom()).setBit(62)),
              ECDSA_SHA256,
              issuerName,
              sequence(time(from), time(from.plus(Duration.ofDays(days)))),
              commonName(name),
              keys.getPublic().getEncoded(),
              tlv(0xa3, extensions(authority, host)));
      PrivateKey signer = issuer.map(by -> by.keys().getPrivate()).orElse(keys.getPrivate());
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(signer);
      signature.update(tbs);
      byte[] der = sequence(tbs, ECDSA_SHA256, tlv(3, joined(new byte[] {0}, signature.sign())));
      return new Certified(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der)),
          keys,
          issuer);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] extensions(boolean authority, Optional<String> host) {
    List<byte[]> all = new ArrayList<>();
    if (authority) {
      byte[] constraints = sequence(tlv(1, new byte[] {(byte) 0xff}));
      all.add(sequence(oid(0x55, 0x1d, 19), tlv(1, new byte[] {(byte) 0xff}), tlv(4, constraints)));
    }
    host.ifPresent(
        dns -> all.add(sequence(oid(0x55, 0x1d, 17), tlv(4, sequence(tlv(0x82, ascii(dns)))))));
    return sequence(all.toArray(byte[][]::new));
  }

  private static byte[] commonName(String name) {
    return sequence(tlv(0x31, sequence(oid(0x55, 4, 3), tlv(0x0c, ascii(name)))));
  }

  private static byte[] time(Instant at) {
    return tlv(0x18, ascii(TIME.format(at)));
  }

  private static byte[] integer(BigInteger value) {
    return tlv(2, value.toByteArray());
  }

  private static byte[] oid(int... content) {
    byte[] bytes = new byte[content.length];
    for (int i = 0; i < content.length; i++) {
      bytes[i] = (byte) content[i];
    }
    return tlv(6, bytes);
  }

  private static byte[] sequence(byte[]... parts) {
    return tlv(0x30, joined(parts));
  }

  private static byte[] tlv(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 128) {
      out.write(content.length);
    } else {
      byte[] length = BigInteger.valueOf(content.length).toByteArray();
      int from = length[0] == 0 ? 1 : 0;
      out.write(0x80 | (length.length - from));
      out.write(length, from, length.length - from);
    }
    out.writeBytes(content);
    return out.toByteArray();
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

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + what
        + "-----\n";
  }
}
