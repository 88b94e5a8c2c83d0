package io.waybill.channel.webhook;

import static io.waybill.channel.webhook.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over the wire and what its answers mean. */
class WebhookChannelTest {
  private final Rig rig = new Rig();

  @AfterEach
  void closeRig() {
    rig.close();
  }

  @DisplayName("rows 81, 83: delivers")
  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204, 206, 299})
  void delivers(int status) {
    RawServer server = rig.serve(RawServer.answering(status));

    assertThat(rig.send(anAttempt().at(server.url())))
        .isInstanceOfSatisfying(
            Outcome.Delivered.class,
            delivered -> {
              assertThat(delivered.answer()).isEqualTo(Integer.toString(status));
              assertThat(delivered.externalReference()).isEmpty();
              assertThat(delivered.took()).isPositive();
            });
  }

  @DisplayName("rows 87, 89, 90: gives up")
  @ParameterizedTest
  @CsvSource({
    "300,REDIRECT_REFUSED",
    "304,REDIRECT_REFUSED",
    "400,HTTP_PERMANENT",
    "401,HTTP_PERMANENT",
    "403,HTTP_PERMANENT",
    "404,HTTP_PERMANENT",
    "405,HTTP_PERMANENT",
    "407,HTTP_PERMANENT",
    "410,GONE",
    "413,HTTP_PERMANENT",
    "422,HTTP_PERMANENT",
    "499,HTTP_PERMANENT",
  })
  void givesUp(int status, Reason reason) {
    RawServer server = rig.serve(RawServer.answering(status));

    assertThat(rig.send(anAttempt().at(server.url())))
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(reason);
              assertThat(failed.message()).startsWith("127.0.0.1 answered " + status);
            });
    assertThat(server.requests()).hasSize(1);
  }

  @DisplayName("row 88: tries again")
  @ParameterizedTest
  @CsvSource({
    "408,HTTP_TRANSIENT",
    "425,HTTP_TRANSIENT",
    "429,HTTP_TRANSIENT",
    "500,HTTP_TRANSIENT",
    "502,HTTP_TRANSIENT",
    "503,HTTP_TRANSIENT",
    "504,HTTP_TRANSIENT",
    "599,HTTP_TRANSIENT",
    "999,PROTOCOL_ERROR",
  })
  void triesAgain(int status, Reason reason) {
    RawServer server = rig.serve(RawServer.answering(status));

    assertThat(rig.send(anAttempt().at(server.url())))
        .isInstanceOfSatisfying(
            Outcome.Transient.class, failed -> assertThat(failed.reason()).isEqualTo(reason));
  }

  @DisplayName("row 100: a word to give up means nothing")
  @Test
  void aWordToGiveUpMeansNothing() {
    RawServer server =
        rig.serve(
            RawServer.on((request, out) -> {
              RawServer.write(
                  out,
                  "HTTP/1.1 503 Busy\r\nwebhook-delivery: abort-message\r\nContent-Length: 0\r\n\r\n");
              return false;
            }));

    assertThat(rig.send(anAttempt().at(server.url()))).isInstanceOf(Outcome.Transient.class);
  }

  @DisplayName("rows 84, 92, 98: what is not HTTP is tried again")
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`HTTP/1.1 100 Continue\r\n\r\n`,CONNECTION_LOST",
        "`HTTP/1.1 102 Processing\r\n\r\n`,PROTOCOL_ERROR",
        "`220 mail.example ESMTP\r\n\r\n`,PROTOCOL_ERROR",
        "`HTTP/1.1 2x0 OK\r\n\r\n`,PROTOCOL_ERROR",
        "`HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n`,PROTOCOL_ERROR",
        "`HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx`,PROTOCOL_ERROR",
        "`HTTP/2.0 200 OK\r\n\r\n`,PROTOCOL_ERROR",
        "`HTTP/1.1 20`,PROTOCOL_ERROR",
        "`<html>`,PROTOCOL_ERROR",
        "``,CONNECTION_LOST",
      })
  void whatIsNotHttpIsTriedAgain(String answer, Reason reason) {
    RawServer server =
        rig.serve(
            RawServer.on((request, out) -> {
              RawServer.write(out, answer);
              return false;
            }));

    assertThat(rig.send(anAttempt().at(server.url())))
        .isInstanceOfSatisfying(
            Outcome.Transient.class, failed -> assertThat(failed.reason()).isEqualTo(reason));
  }

  @DisplayName("row 92: the status line decides whatever becomes of the body")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        "HTTP/1.0 200 OK\r\n\r\nuntil the end",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
      })
  void theStatusLineDecidesWhateverBecomesOfTheBody(String answer) {
    RawServer server =
        rig.serve(
            RawServer.on((request, out) -> {
              RawServer.write(out, answer);
              return false;
            }));

    assertThat(rig.send(anAttempt().at(server.url()))).isInstanceOf(Outcome.Delivered.class);
  }

  @DisplayName("row 84: a flood of interim answers ends")
  @Test
  void aFloodOfInterimAnswersEnds() {
    RawServer server =
        rig.serve(
            RawServer.on((request, out) -> {
              while (true) {
                RawServer.write(out, "HTTP/1.1 102 Processing\r\n\r\n");
              }
            }));

    assertThat(rig.send(anAttempt().at(server.url())))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.PROTOCOL_ERROR));
    await().untilAsserted(() -> assertThat(server.hangUps()).isEqualTo(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 200 OK\r\nX-", "HTTP/1.1 200 OK\r\n"})
  void headersWithoutEndEndTheConnection(String start) {
    RawServer server =
        rig.serve(
            RawServer.on((request, out) -> {
              RawServer.write(out, start);
              while (true) {
                RawServer.write(out, start.endsWith("X-") ? "x".repeat(8192) : "A: b\r\n");
              }
            }));

    assertThat(rig.send(anAttempt().at(server.url())))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.PROTOCOL_ERROR));
    await().untilAsserted(() -> assertThat(server.hangUps()).isEqualTo(1));
  }

  @Test
  void readsNoMoreThanItNeedsOfAnEndlessBody() {
    int[] written = {0};
    RawServer server =
        rig.serve(
            RawServer.on((request, out) -> {
              RawServer.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
              while (true) {
                RawServer.write(out, "x".repeat(16 * 1024));
                written[0] += 16 * 1024;
              }
            }));

    Outcome outcome = rig.send(anAttempt().at(server.url()).timeout(Duration.ofSeconds(30)));

    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    await().untilAsserted(() -> assertThat(server.hangUps()).isEqualTo(1));
    // The socket buffers of both sides may hold a few megabytes beyond what was read.
    assertThat(written[0]).isLessThan(32 * 1024 * 1024);
    assertThat(outcome.took()).isLessThan(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @CsvSource({"301,POST", "302,POST", "303,POST", "307,PUT", "308,POST", "302,PUT", "303,PATCH"})
  void neverFollowsARedirect(int status, String method) {
    RawServer target = rig.serve(RawServer.answering(200));
    RawServer server = rig.serve(RawServer.answering(status, "Location: " + target.url()));

    Outcome outcome = rig.send(anAttempt().at(server.url()).method(method));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.REDIRECT_REFUSED);
              assertThat(failed.message()).doesNotContain(target.url());
            });
    assertThat(target.connections()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"503,Retry-After: 1", "429,Retry-After: 1", "401,WWW-Authenticate: Basic realm=x"})
  void sendsExactlyOneRequestPerAttempt(int status, String header) {
    RawServer server = rig.serve(RawServer.answering(status, header));

    rig.send(anAttempt().at(server.url()));

    // The client's own retry, if it were on, would come after a second.
    await()
        .during(Duration.ofMillis(1_500))
        .atMost(Duration.ofSeconds(3))
        .until(() -> server.requests().size() == 1);
  }

  @Test
  void aConnectionThatBreaksIsNotTriedAgainByTheClient() {
    RawServer server = rig.serve(RawServer.on((request, out) -> false));

    Outcome outcome = rig.send(anAttempt().at(server.url()));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.CONNECTION_LOST));
    await()
        .during(Duration.ofMillis(1_200))
        .atMost(Duration.ofSeconds(3))
        .until(() -> server.requests().size() == 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {"Retry-After: 5|5", "Retry-After: abc|-", "Retry-After: 86400|3600", "X: y|-"})
  void passesOnWhenToComeBack(String header, Long seconds) {
    RawServer server = rig.serve(RawServer.answering(503, header));

    assertThat(rig.send(anAttempt().at(server.url())))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed ->
                assertThat(failed.retryAfter())
                    .isEqualTo(Optional.ofNullable(seconds).map(Duration::ofSeconds)));
  }

  @Test
  void hearsAnAnswerThatComesBeforeTheRequestIsWhole() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Outcome> outcome =
          rig.start(
              anAttempt()
                  .at("http://127.0.0.1:" + listener.getLocalPort() + "/")
                  .data("\"" + "x".repeat(9 * 1024 * 1024) + "\""));
      try (Socket accepted = listener.accept()) {
        accepted.getInputStream().readNBytes(1_000);
        RawServer.write(accepted.getOutputStream(), "HTTP/1.1 413 X\r\nContent-Length: 0\r\n\r\n");

        assertThat(outcome.get(5, TimeUnit.SECONDS))
            .isInstanceOfSatisfying(
                Outcome.Permanent.class,
                failed -> assertThat(failed.reason()).isEqualTo(Reason.HTTP_PERMANENT));
      }
    }
  }

  @Test
  void aReceiverThatClosesAfterEachAnswerGetsANewConnection() {
    RawServer server =
        rig.serve(
            RawServer.on((request, out) -> {
              RawServer.write(
                  out, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
              return false;
            }));

    for (int i = 0; i < 20; i++) {
      assertThat(rig.send(anAttempt().at(server.url()))).isInstanceOf(Outcome.Delivered.class);
    }
    assertThat(server.connections()).isEqualTo(20);
  }

  @Test
  void keepsTheReceiversNameForTheRequest() {
    RawServer server =
        rig.serve(RawServer.answering(200, "trace-id: t-1", "X-Request-Id: req-0042 \t"));

    assertThat(rig.send(anAttempt().at(server.url())))
        .isInstanceOfSatisfying(
            Outcome.Delivered.class,
            delivered -> assertThat(delivered.externalReference()).contains("req-0042"));
  }

  @Test
  void aReferenceThatEchoesACredentialIsDropped() {
    RawServer server = rig.serve(RawServer.answering(200, "X-Request-Id: tok-123456789"));

    Outcome outcome =
        rig.send(anAttempt().at(server.url()).header("Authorization", "Bearer tok-123456789"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Delivered.class,
            delivered -> assertThat(delivered.externalReference()).isEmpty());
  }

  @DisplayName("row 97: inflates nothing and asks for no compression")
  @Test
  void inflatesNothingAndAsksForNoCompression() throws Exception {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      gzip.write(new byte[20 * 1024 * 1024]);
    }
    String body = bomb.toString(StandardCharsets.ISO_8859_1);
    RawServer server =
        rig.serve(
            RawServer.answering(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body));

    assertThat(rig.send(anAttempt().at(server.url()))).isInstanceOf(Outcome.Delivered.class);

    // Inflated it would pass the limit, and the connection would be broken off.
    assertThat(body.length()).isLessThan(AnswerConsumer.MAX_BODY);
    await()
        .during(Duration.ofMillis(300))
        .atMost(Duration.ofSeconds(3))
        .until(() -> server.hangUps() == 0);
    assertThat(server.requests().getFirst().values("Accept-Encoding")).isEmpty();
  }

  @DisplayName("row 93: keeps no cookie and uses connections again")
  @Test
  void keepsNoCookieAndUsesConnectionsAgain() {
    RawServer server = rig.serve(RawServer.answering(200, "Set-Cookie: session=1; Path=/"));

    for (int i = 0; i < 50; i++) {
      rig.send(anAttempt().at(server.url()));
    }

    // Not always one: the outcome may be there a moment before the connection is back in its pool.
    assertThat(server.connections()).isLessThan(10);
    assertThat(server.requests())
        .hasSize(50)
        .allSatisfy(request -> assertThat(request.values("Cookie")).isEmpty());
  }

  @Test
  void saysWhetherItRuns() {
    WebhookChannel channel = rig.channel();
    assertThat(channel.isRunning()).isTrue();

    channel.close();

    await().untilAsserted(() -> assertThat(channel.isRunning()).isFalse());
  }

  @Test
  void ignoresTheJvmsProxy() throws Exception {
    RawServer server = rig.serve(RawServer.answering(200));
    System.setProperty("http.proxyHost", "127.0.0.1");
    System.setProperty("http.proxyPort", Integer.toString(RawServer.deadPort()));
    System.setProperty("http.nonProxyHosts", "");
    try {
      assertThat(rig.send(anAttempt().at(server.url()))).isInstanceOf(Outcome.Delivered.class);
    } finally {
      System.clearProperty("http.proxyHost");
      System.clearProperty("http.proxyPort");
      System.clearProperty("http.nonProxyHosts");
    }
  }

  @Test
  void sendsManyAtATime() throws Exception {
    int many = 500;
    CountDownLatch arrived = new CountDownLatch(many);
    RawServer server =
        rig.serve(
            RawServer.on((request, out) -> {
              arrived.countDown();
              try {
                // Nobody is answered before all are there.
                arrived.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              RawServer.write(out, "HTTP/1.1 204 No Content\r\n\r\n");
              return true;
            }));
    Attempts attempt = anAttempt().at(server.url()).timeout(Duration.ofSeconds(30));
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      outcomes.add(rig.start(attempt));
    }

    for (CompletableFuture<Outcome> outcome : outcomes) {
      assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(Outcome.Delivered.class);
    }
  }
}
