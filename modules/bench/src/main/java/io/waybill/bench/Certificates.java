package io.waybill.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * An authority that is made for one benchmark, and the receivers' certificate, which it has signed:
 * P-256 keys, as most servers have by now.
 */
final class Certificates {
  private static final char[] PASSWORD = "not a secret".toCharArray();
  private static final Duration VALID = Duration.ofDays(2);
  private static final X500Name AUTHORITY = new X500Name("CN=waybill benchmark authority");
  private static final X500Name RECEIVERS = new X500Name("CN=waybill benchmark receivers");

  private Certificates() {}

  /** Writes both. */
  static void make(Path authority, Path receivers) {
    try {
      KeyPair authorityKeys = keys();
      KeyPair receiverKeys = keys();
      X509Certificate root =
          certificate(
              AUTHORITY,
              authorityKeys.getPublic(),
              authorityKeys.getPrivate(),
              Extension.basicConstraints,
              new BasicConstraints(true));
      X509Certificate leaf =
          certificate(
              RECEIVERS,
              receiverKeys.getPublic(),
              authorityKeys.getPrivate(),
              Extension.subjectAlternativeName,
              new GeneralNames(new GeneralName(GeneralName.iPAddress, Targets.HOST)));
      Files.write(authority, root.getEncoded());
      KeyStore store = empty();
      store.setKeyEntry(
          "receivers", receiverKeys.getPrivate(), PASSWORD, new Certificate[] {leaf, root});
      try (OutputStream out = Files.newOutputStream(receivers)) {
        store.store(out, PASSWORD);
      }
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new BenchException("no certificate for the receivers could be made", e);
    }
  }

  private static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static X509Certificate certificate(
      X500Name name,
      PublicKey key,
      PrivateKey authorityKey,
      ASN1ObjectIdentifier extension,
      ASN1Encodable value)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    Instant now = Instant.now();
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    AUTHORITY,
                    BigInteger.valueOf(name.hashCode() & Integer.MAX_VALUE),
                    Date.from(now.minus(VALID)),
                    Date.from(now.plus(VALID)),
                    name,
                    key)
                .addExtension(extension, true, value)
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKey)));
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** For a server: shows the certificate of that key store. */
  static SSLContext showing(Path receivers) {
    try (InputStream in = Files.newInputStream(receivers)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new BenchException("the key store " + receivers + " cannot be used", e);
    }
  }

  /** For a client: trusts that authority, and no other. */
  static SSLContext trusting(Path authority) {
    try (InputStream in = Files.newInputStream(authority)) {
      KeyStore store = empty();
      store.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new BenchException("the authority " + authority + " cannot be used", e);
    }
  }
}
