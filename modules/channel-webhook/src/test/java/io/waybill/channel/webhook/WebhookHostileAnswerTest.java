package io.waybill.channel.webhook;

import static io.waybill.channel.webhook.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.WebhookTls;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Receivers that ask for more than an answer is worth, or whose answers have two readings. */
class WebhookHostileAnswerTest {
  private final Rig rig = new Rig();

  @AfterEach
  void closeRig() {
    rig.close();
  }

  /** What a client does by itself would send passwords, its user's log-in or its proxy's. */
  @DisplayName("rows 86, 87: no challenge is taken up")
  @ParameterizedTest
  @CsvSource({
    "401,WWW-Authenticate: Basic realm=x",
    "401,WWW-Authenticate: NTLM",
    "401,WWW-Authenticate: Negotiate",
    "401,WWW-Authenticate: Digest realm=x; nonce=y",
    "407,Proxy-Authenticate: Basic realm=x",
    "407,Proxy-Authenticate: NTLM",
  })
  void noChallengeIsTakenUp(int status, String challenge) {
    RawServer server = rig.serve(RawServer.answering(status, challenge.replace(';', ',')));

    Outcome outcome = rig.send(anAttempt().at(server.url()));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.HTTP_PERMANENT));
    await()
        .during(Duration.ofMillis(500))
        .atMost(Duration.ofSeconds(3))
        .until(() -> server.requests().size() == 1);
    assertThat(server.requests().getFirst().values("Authorization")).isEmpty();
    assertThat(server.requests().getFirst().values("Proxy-Authorization")).isEmpty();
  }

  /** Where two readings disagree about an answer's end, the next one would begin in its middle. */
  @DisplayName("row 92: a connection whose answer has two readings is not used again")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx",
      })
  void aConnectionWhoseAnswerHasTwoReadingsIsNotUsedAgain(String answer) {
    RawServer server = rig.serve(RawServer.answering(answer));

    for (int i = 0; i < 3; i++) {
      Outcome outcome = rig.send(anAttempt().at(server.url()));
      if (outcome instanceof Outcome.Transient failed) {
        assertThat(failed.reason()).isEqualTo(Reason.PROTOCOL_ERROR);
      } else {
        assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
      }
    }

    assertThat(server.connections()).isEqualTo(3);
  }

  @Test
  void anAnswerThatNobodyHasAskedForIsNobodysAnswer() {
    AtomicInteger number = new AtomicInteger();
    RawServer server =
        rig.serve(
            RawServer.on((request, out) -> {
              RawServer.write(
                  out,
                  number.getAndIncrement() == 0
                      ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                          + "HTTP/1.1 200 OK\r\nX-Request-Id: forged\r\nContent-Length: 0\r\n\r\n"
                      : "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n");
              return true;
            }));

    assertThat(rig.send(anAttempt().at(server.url()))).isInstanceOf(Outcome.Delivered.class);
    Outcome second = rig.send(anAttempt().at(server.url()));

    assertThat(second)
        .as("what came before it was asked for")
        .isInstanceOf(Outcome.Transient.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 ", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"})
  void aConnectionThatIsResetEndsByWhatHasBeenSaid(String said) throws Exception {
    RawServer server =
        rig.serve(
            new RawServer(
                new ServerSocket(0, 5, InetAddress.getLoopbackAddress()),
                socket -> socket.setSoLinger(true, 0),
                (request, out) -> {
                  RawServer.write(out, said);
                  // Long enough for what was said to be read: a reset may overtake it.
                  awaitRead();
                  return false;
                }));

    Outcome outcome = rig.send(anAttempt().at(server.url()));

    if (said.contains("200")) {
      assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    } else {
      assertThat(outcome)
          .isInstanceOfSatisfying(
              Outcome.Transient.class,
              failed ->
                  assertThat(failed.reason()).isIn(Reason.CONNECTION_LOST, Reason.PROTOCOL_ERROR));
    }
  }

  @Test
  void bytesThatAreNoTextAreTriedAgain() {
    RawServer server =
        rig.serve(
            RawServer.on((request, out) -> {
              out.write(new byte[] {0, 1, 2, (byte) 0xff, 13, 10, 13, 10});
              out.flush();
              return false;
            }));

    assertThat(rig.send(anAttempt().at(server.url())))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.PROTOCOL_ERROR));
  }

  /** TLS that ends without saying so: what came before the end was whole. */
  @DisplayName("row 99: an end of TLS without a close notify changes nothing")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\n\r\nuntil the end",
      })
  void anEndOfTlsWithoutACloseNotifyChangesNothing(String answer) throws Exception {
    TestCertificates.Certified authority = TestCertificates.authority("authority");
    TestCertificates.Certified host = TestCertificates.forHost("receiver.example", authority);
    SSLContext context = serverContext(host);
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> serveWithoutGoodbye(listener, context, answer));
      rig.resolver(name -> List.of(InetAddress.ofLiteral("127.0.0.1")));

      Outcome outcome =
          rig.send(
              anAttempt()
                  .at("https://receiver.example:" + listener.getLocalPort() + "/")
                  .tls(new WebhookTls(Optional.of(authority.pem()), Optional.empty())));

      assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    }
  }

  private static void serveWithoutGoodbye(
      ServerSocket listener, SSLContext context, String answer) {
    try (Socket plain = listener.accept()) {
      SSLSocket secured =
          (SSLSocket) context.getSocketFactory().createSocket(plain, "client", 0, false);
      secured.setUseClientMode(false);
      InputStream in = new BufferedInputStream(secured.getInputStream());
      int last = 0;
      while (last != 0x0d0a0d0a) {
        last = last << 8 | in.read();
      }
      RawServer.write(secured.getOutputStream(), answer);
      plain.shutdownOutput();
      // Until the other side has hung up, which it does once it has read all.
      plain.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // It hung up.
    }
  }

  private static SSLContext serverContext(TestCertificates.Certified host) throws Exception {
    char[] password = {};
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(host.keyStore(password), password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private static void awaitRead() {
    LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
  }
}
