package io.waybill.channel.webhook;

import io.waybill.domain.Hashing;
import io.waybill.domain.PemRules;
import io.waybill.domain.WebhookTls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whom a destination's sender trusts and how it shows itself. Two are equal when they hold the same
 * certificates and key. Authorities of its own take the place of the JVM's.
 */
final class TlsIdentity {
  /** Never leaves the memory; key stores want one. */
  private static final char[] NO_PASSWORD = {};

  private final WebhookTls tls;
  private final Optional<String> key;
  private final String hash;

  private TlsIdentity(WebhookTls tls, Optional<String> key) {
    this.tls = tls;
    this.key = key;
    String all = tls.ca() + "\0" + tls.clientCertificate() + "\0" + key;
    this.hash = Hashing.sha256Hex(all.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * An identity of certificates and a key that have been checked.
   *
   * @param key of the client's certificate, PKCS#8 in PEM
   */
  static TlsIdentity of(WebhookTls tls, Optional<String> key) {
    return new TlsIdentity(tls, key);
  }

  /** Whether the JVM's authorities do not count. */
  boolean hasAuthorities() {
    return tls.ca().isPresent();
  }

  /**
   * A context that trusts and shows itself accordingly.
   *
   * @throws GeneralSecurityException when this JVM cannot use a certificate or the key
   */
  SSLContext context() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    try {
      context.init(keyManagers(), trustManagers(), null);
    } catch (IOException e) {
      throw new GeneralSecurityException("an empty key store cannot be made", e);
    }
    return context;
  }

  /** Null is the JVM's. */
  private TrustManager @Nullable [] trustManagers() throws GeneralSecurityException, IOException {
    if (tls.ca().isEmpty()) {
      return null;
    }
    KeyStore authorities = emptyStore();
    int number = 0;
    for (X509Certificate certificate : PemRules.certificates(tls.ca().get())) {
      authorities.setCertificateEntry("ca" + number++, certificate);
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(authorities);
    return factory.getTrustManagers();
  }

  private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException, IOException {
    Optional<PrivateKey> own = key.flatMap(PemRules::privateKey);
    if (own.isEmpty() || tls.clientCertificate().isEmpty()) {
      return null;
    }
    List<X509Certificate> chain = PemRules.certificates(tls.clientCertificate().get());
    KeyStore store = emptyStore();
    store.setKeyEntry("client", own.get(), NO_PASSWORD, chain.toArray(X509Certificate[]::new));
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TlsIdentity that && hash.equals(that.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return "TlsIdentity[" + tls + "]";
  }
}
