package io.waybill.channel.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates as good and as bad as the JDK's keytool makes them. */
public final class TestCertificates {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final String AUTHORITY = "authority";

  private final Path folder;
  private final Path store;

  /** An authority of its own. */
  public TestCertificates(Path folder, String name) {
    this.folder = folder;
    this.store = folder.resolve(name + ".p12");
    keytool(AUTHORITY, "CN=" + name, List.of("-ext", "bc=ca:true"));
  }

  /**
   * A certificate for a host, signed by the authority.
   *
   * @param validity keytool's options about time; empty means from now on
   */
  public TestCertificates signed(String alias, String host, String... validity) {
    List<String> more = new ArrayList<>(List.of("-signer", AUTHORITY));
    more.addAll(List.of("-ext", "SAN=dns:" + host));
    more.addAll(List.of(validity));
    keytool(alias, "CN=" + host, more);
    return this;
  }

  /** A certificate for a host that nobody signed but itself. */
  public TestCertificates selfSigned(String alias, String host) {
    keytool(alias, "CN=" + host, List.of("-ext", "SAN=dns:" + host));
    return this;
  }

  private void keytool(String alias, String name, List<String> more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-storetype",
                "PKCS12",
                "-dname",
                name,
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD)));
    command.addAll(more);
    Path log = folder.resolve("keytool.log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException("keytool failed: " + Files.readString(log));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What a server uses that shows this certificate. */
  public SSLContext server(String alias) {
    try {
      KeyStore all = all();
      KeyStore one = empty();
      one.setKeyEntry(alias, all.getKey(alias, PASSWORD), PASSWORD, all.getCertificateChain(alias));
      KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
      managers.init(one, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a client uses that trusts this authority and nobody else. */
  public SSLContext trust() {
    try {
      KeyStore trusted = empty();
      trusted.setCertificateEntry(AUTHORITY, all().getCertificate(AUTHORITY));
      TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyStore all() throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    return keys;
  }
}
