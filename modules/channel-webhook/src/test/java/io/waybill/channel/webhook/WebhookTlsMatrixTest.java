package io.waybill.channel.webhook;

import static io.waybill.channel.webhook.Attempts.anAttempt;
import static io.waybill.channel.webhook.TestCertificates.authority;
import static io.waybill.channel.webhook.TestCertificates.forHost;
import static io.waybill.channel.webhook.TestCertificates.selfSigned;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.channel.webhook.TestCertificates.Certified;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.WebhookTls;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whom a destination's sender takes for its receiver. Where it must not, the receiver gets no byte
 * of the request: not even after a handshake that it likes.
 */
class WebhookTlsMatrixTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final String HOST = "hooks.example";
  private static final Certified CA = authority("Hospital CA");
  private static final Certified OTHER_CA = authority("Other CA");

  private final Rig rig = new Rig();
  private final List<String> clients = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeRig() {
    rig.close();
  }

  @Test
  void aPrivateAuthorityIsTrustedWithItsBundle() throws Exception {
    RawServer server = serve(forHost(HOST, CA), false);

    assertThat(send(server, bundle(OTHER_CA.pem() + "\n" + CA.pem())))
        .isInstanceOf(Outcome.Delivered.class);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void aPrivateAuthorityIsNotTrustedWithoutItsBundle() throws Exception {
    RawServer server = serve(forHost(HOST, CA), false);

    refused(send(server, anAttempt()), server, "not signed by an authority known to this JVM");
  }

  @Test
  void anAuthorityOutsideTheBundleIsNotTrusted() throws Exception {
    RawServer server = serve(forHost(HOST, CA), false);

    refused(
        send(server, bundle(OTHER_CA.pem())),
        server,
        "not signed by an authority in the destination's tls.ca");
  }

  @Test
  void aBundleTakesThePlaceOfTheJvmsAuthorities() throws Exception {
    RawServer server = serve(forHost(HOST, CA), false);
    rig.trusting(trusting(CA));

    assertThat(send(server, anAttempt())).isInstanceOf(Outcome.Delivered.class);
    long before = server.bytes();
    tlsFailure(send(server, bundle(OTHER_CA.pem())), "tls.ca");
    assertThat(server.bytes()).isEqualTo(before);
  }

  @Test
  void anExpiredCertificateIsRefused() throws Exception {
    Instant from = Instant.now().minus(Duration.ofDays(3));
    RawServer server = serve(forHost(HOST, CA, from, 2), false);

    refused(send(server, bundle(CA.pem())), server, "has expired");
  }

  @Test
  void aCertificateOfTomorrowIsRefused() throws Exception {
    Instant from = Instant.now().plus(Duration.ofDays(1));
    RawServer server = serve(forHost(HOST, CA, from, 2), false);

    refused(send(server, bundle(CA.pem())), server, "is not valid yet");
  }

  @Test
  void aCertificateForAnotherHostIsRefused() throws Exception {
    RawServer server = serve(forHost("other.example", CA), false);

    refused(send(server, bundle(CA.pem())), server, "another host");
  }

  @Test
  void aSelfSignedCertificateIsRefusedUnlessItIsTheBundle() throws Exception {
    Certified self = selfSigned(HOST);
    RawServer server = serve(self, false);

    refused(send(server, anAttempt()), server, "not signed by an authority");
    refused(send(server, bundle(CA.pem())), server, "not signed by an authority");
    assertThat(send(server, bundle(self.pem()))).isInstanceOf(Outcome.Delivered.class);
  }

  /** Versions that are broken, offered by a server that knows nothing else. */
  @ParameterizedTest
  @ValueSource(ints = {0x0300, 0x0301, 0x0302})
  void anOldProtocolIsRefused(int version) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<List<Integer>> records =
          CompletableFuture.supplyAsync(() -> recordTypes(listener, version));
      rig.resolver(host -> List.of(InetAddress.ofLiteral("127.0.0.1")));

      Outcome outcome =
          rig.send(
              anAttempt()
                  .at("https://" + HOST + ":" + listener.getLocalPort() + "/")
                  .timeout(Duration.ofSeconds(5)));

      tlsFailure(outcome, "1.2 or 1.3");
      // Handshake (22) and alert (21), and no application data (23).
      assertThat(records.get(10, TimeUnit.SECONDS)).contains(22).isSubsetOf(21, 22);
    }
  }

  @Test
  void showsItsCertificateToAReceiverThatAsksForOne() throws Exception {
    RawServer server = serve(forHost(HOST, CA), true);
    Certified client = forHost("sender.example", CA);

    assertThat(send(server, bundle(CA.pem()), client)).isInstanceOf(Outcome.Delivered.class);
    assertThat(clients).containsExactly("CN=sender.example");
  }

  @Test
  void aReceiverThatAsksForACertificateTakesNoOther() throws Exception {
    RawServer server = serve(forHost(HOST, CA), true);

    for (Attempts attempt :
        List.of(
            bundle(CA.pem()),
            with(bundle(CA.pem()), CA.pem(), forHost("sender.example", OTHER_CA)))) {
      assertThat(send(server, attempt)).isInstanceOf(Outcome.Transient.class);
    }
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aConnectionMadeForOneIdentityIsNotUsedForAnother() throws Exception {
    RawServer server = serve(forHost(HOST, CA), false);
    Certified client = forHost("sender.example", CA);
    assertThat(send(server, bundle(CA.pem()))).isInstanceOf(Outcome.Delivered.class);
    assertThat(send(server, bundle(CA.pem()))).isInstanceOf(Outcome.Delivered.class);
    assertThat(server.connections()).isEqualTo(1);
    long before = server.bytes();

    tlsFailure(send(server, anAttempt()), "known to this JVM");
    assertThat(server.bytes()).isEqualTo(before);
    assertThat(send(server, bundle(CA.pem()), client)).isInstanceOf(Outcome.Delivered.class);
    assertThat(server.connections()).isEqualTo(3);
  }

  @Test
  void aKeyThatIsNotTheCertificatesIsNotUsed() throws Exception {
    RawServer server = serve(forHost(HOST, CA), true);
    Certified client = forHost("sender.example", CA);
    Attempts attempt =
        with(bundle(CA.pem()), CA.pem(), client)
            .credential(WebhookTls.CLIENT_KEY, OTHER_CA.keyPem());

    assertThat(send(server, attempt))
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.INVALID_CREDENTIAL));
    assertThat(server.connections()).isZero();
  }

  private static Attempts bundle(String pem) {
    return anAttempt().tls(new WebhookTls(Optional.of(pem), Optional.empty()));
  }

  private static Attempts with(Attempts attempt, String ca, Certified client) {
    return attempt
        .tls(new WebhookTls(Optional.of(ca), Optional.of(client.chainPem())))
        .credential(WebhookTls.CLIENT_KEY, client.keyPem());
  }

  private Outcome send(RawServer server, Attempts attempt, Certified client) {
    return send(server, with(attempt, CA.pem(), client));
  }

  private Outcome send(RawServer server, Attempts attempt) {
    rig.resolver(host -> List.of(InetAddress.ofLiteral("127.0.0.1")));
    return rig.send(attempt.at("https://" + HOST + ":" + server.port() + "/"));
  }

  private static void refused(Outcome outcome, RawServer server, String words) {
    tlsFailure(outcome, words);
    assertThat(server.bytes()).isZero();
    assertThat(server.requests()).isEmpty();
  }

  private static void tlsFailure(Outcome outcome, String words) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.TLS_FAILURE);
              assertThat(failed.message()).contains(words);
            });
  }

  /** A server that chooses an old version; what types of records it then gets. */
  private static List<Integer> recordTypes(ServerSocket listener, int version) {
    List<Integer> types = new ArrayList<>();
    try (Socket socket = listener.accept()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      skipRecord(in, types);
      byte[] hello = new byte[5 + 4 + 38];
      hello[0] = 22;
      hello[1] = (byte) (version >> 8);
      hello[2] = (byte) version;
      hello[4] = 4 + 38;
      hello[5] = 2; // ServerHello
      hello[8] = 38;
      hello[9] = (byte) (version >> 8);
      hello[10] = (byte) version;
      hello[44] = (byte) 0xc0; // TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
      hello[45] = 0x13;
      socket.getOutputStream().write(hello);
      socket.getOutputStream().flush();
      while (true) {
        skipRecord(in, types);
      }
    } catch (IOException e) {
      return types; // it hung up
    }
  }

  private static void skipRecord(DataInputStream in, List<Integer> types) throws IOException {
    types.add(in.readUnsignedByte());
    in.readUnsignedShort();
    in.readNBytes(in.readUnsignedShort());
  }

  private RawServer serve(Certified certified, boolean wantsCertificate) throws Exception {
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(certified.keyStore(PASSWORD), PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), trustManagers(CA).getTrustManagers(), null);
    SSLServerSocket listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    listener.setNeedClientAuth(wantsCertificate);
    return rig.serve(
        new RawServer(
            listener,
            socket -> {
              if (wantsCertificate) {
                clients.add(((SSLSocket) socket).getSession().getPeerPrincipal().getName());
              }
            },
            (request, out) -> {
              RawServer.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
              return true;
            }));
  }

  private static SSLContext trusting(Certified authority) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trustManagers(authority).getTrustManagers(), null);
    return context;
  }

  private static TrustManagerFactory trustManagers(Certified authority) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", authority.certificate());
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(trusted);
    return managers;
  }
}
