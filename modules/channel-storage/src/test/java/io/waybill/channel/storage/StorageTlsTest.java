package io.waybill.channel.storage;

import static io.waybill.channel.storage.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may answer for a store. */
class StorageTlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path folder;
  private final Rig rig = new Rig();
  private final List<String> serverNames = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeRig() {
    rig.close();
  }

  @Test
  void deliversToTheHostThatTheCertificateNames() throws Exception {
    KeyStore keys = certificate("s3.example");
    RawServer server = serve(keys, "TLSv1.3", "TLSv1.2");

    Outcome outcome = send(trusting(keys), server);

    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    assertThat(serverNames).containsOnly("s3.example");
    assertThat(server.requests().getFirst().values("Host"))
        .containsExactly("s3.example:" + server.port());
  }

  @Test
  void refusesACertificateForAnotherHost() throws Exception {
    KeyStore keys = certificate("other.example");
    RawServer server = serve(keys, "TLSv1.3");

    refused(send(trusting(keys), server), server);
  }

  @Test
  void refusesACertificateThatNobodyVouchesFor() throws Exception {
    RawServer server = serve(certificate("s3.example"), "TLSv1.3");

    Outcome outcome = send(SSLContext.getDefault(), server);

    refused(outcome, server);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed ->
                assertThat(failed.message())
                    .isEqualTo(
                        "the certificate of s3.example is not signed by an authority known to"
                            + " this JVM"));
  }

  @Test
  void refusesAReceiverThatSpeaksNoTls() {
    RawServer server = rig.serve(RawServer.answering(RawServer.kept()));
    rig.resolver(host -> List.of(InetAddress.ofLiteral("127.0.0.1")));

    Outcome outcome =
        rig.send(
            anAttempt().at("https://s3.example:" + server.port()).timeout(Duration.ofSeconds(2)));

    assertThat(outcome).isInstanceOf(Outcome.Transient.class);
    assertThat(server.requests()).isEmpty();
  }

  private static void refused(Outcome outcome, RawServer server) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.TLS_FAILURE));
    assertThat(server.requests()).isEmpty();
  }

  private Outcome send(SSLContext trust, RawServer server) {
    rig.trusting(trust).resolver(host -> List.of(InetAddress.ofLiteral("127.0.0.1")));
    return rig.send(anAttempt().at("https://s3.example:" + server.port()));
  }

  private RawServer serve(KeyStore keys, String... protocols) throws Exception {
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    SSLServerSocket listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    SSLParameters parameters = listener.getSSLParameters();
    parameters.setProtocols(protocols);
    parameters.setSNIMatchers(List.of(new Recorder()));
    listener.setSSLParameters(parameters);
    return rig.serve(
        new RawServer(
            listener,
            (request, out) -> {
              RawServer.write(out, RawServer.kept());
              return true;
            }));
  }

  private final class Recorder extends SNIMatcher {
    Recorder() {
      super(0);
    }

    @Override
    public boolean matches(SNIServerName name) {
      serverNames.add(new SNIHostName(name.getEncoded()).getAsciiName());
      return true;
    }
  }

  private KeyStore certificate(String host) throws Exception {
    Path file = folder.resolve(host + ".p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "server",
            "-keyalg",
            "EC",
            "-storetype",
            "PKCS12",
            "-dname",
            "CN=" + host,
            "-ext",
            "SAN=dns:" + host,
            "-keystore",
            file.toString(),
            "-storepass",
            new String(PASSWORD));
    Process keytool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).as(Files.readString(folder.resolve("keytool.log"))).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private static SSLContext trusting(KeyStore keys) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", keys.getCertificate("server"));
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
