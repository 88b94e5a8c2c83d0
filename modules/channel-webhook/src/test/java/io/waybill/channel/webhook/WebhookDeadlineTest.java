package io.waybill.channel.webhook;

import static io.waybill.channel.webhook.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One deadline over everything, and nothing left behind when it has passed. */
class WebhookDeadlineTest {
  private static final Duration TIMEOUT = Duration.ofMillis(600);

  private final CountDownLatch over = new CountDownLatch(1);
  private final Rig rig = new Rig();

  @AfterEach
  void closeRig() {
    over.countDown();
    rig.close();
  }

  @DisplayName("row 82: a receiver that says nothing is hung up on")
  @Test
  void aReceiverThatSaysNothingIsHungUpOn() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      timesOut("http://127.0.0.1:" + listener.getLocalPort() + "/");

      try (Socket accepted = listener.accept()) {
        String all = new String(untilTheEnd(accepted), StandardCharsets.UTF_8);
        // One whole request, then the end of the connection.
        assertThat(all).startsWith("POST / HTTP/1.1\r\n").endsWith("\r\n\r\n{\"n\":1}");
      }
    }
  }

  @DisplayName("row 82: a head that trickles is cut off")
  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 ", "HTTP/1.1 200 OK\r\nX-Slow: "})
  void aHeadThatTricklesIsCutOff(String start) {
    RawServer server = rig.serve(trickling(start));

    timesOut(server.url());

    await().untilAsserted(() -> assertThat(server.hangUps()).isEqualTo(1));
  }

  @Test
  void aBodyThatTricklesWasDelivered() {
    RawServer server = rig.serve(trickling("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"));

    Outcome outcome = rig.send(anAttempt().at(server.url()).timeout(TIMEOUT));

    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    assertThat(outcome.took()).isBetween(TIMEOUT, TIMEOUT.plusSeconds(2));
    await().untilAsserted(() -> assertThat(server.hangUps()).isEqualTo(1));
  }

  @Test
  void aHandshakeThatStallsIsCutOff() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      timesOut("https://127.0.0.1:" + listener.getLocalPort() + "/");

      try (Socket accepted = listener.accept()) {
        // The client's hello, then the end.
        assertThat(untilTheEnd(accepted)).isNotEmpty();
      }
    }
  }

  private static byte[] untilTheEnd(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    socket.setSoTimeout(5_000);
    try {
      socket.getInputStream().transferTo(all);
    } catch (SocketException e) {
      // Reset: an end like another. A time-out is a SocketTimeoutException, and fails the test.
    }
    return all.toByteArray();
  }

  @Test
  void aReceiverThatDoesNotReadIsCutOff() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Outcome outcome =
          rig.send(
              anAttempt()
                  .at("http://127.0.0.1:" + listener.getLocalPort() + "/")
                  .data("\"" + "x".repeat(9 * 1024 * 1024) + "\"")
                  .timeout(TIMEOUT));

      isTimeout(outcome);
    }
  }

  @Test
  void aNameThatIsNeverResolvedIsGivenUp() {
    rig.resolver(host -> {
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return List.of(InetAddress.getLoopbackAddress());
    });

    Outcome outcome = rig.send(anAttempt().at("http://hangs.example/").timeout(TIMEOUT));

    isTimeout(outcome);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed ->
                assertThat(failed.message())
                    .isEqualTo("no name server knew an address of hangs.example within 600 ms"));
  }

  @Test
  void anAddressThatLeadsNowhereIsGivenUp() throws Exception {
    // A full backlog: the kernel drops further connection requests without a word.
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
        Socket second = new Socket(full.getInetAddress(), full.getLocalPort())) {
      assertThat(List.of(first, second)).allMatch(Socket::isConnected);
      timesOut("http://127.0.0.1:" + full.getLocalPort() + "/");
    }
  }

  @Test
  void manyDeadlinesLeaveNoConnectionBehind() throws Exception {
    int many = 300;
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    try (ServerSocket listener = new ServerSocket(0, many, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            while (!listener.isClosed()) {
              try {
                Socket socket = listener.accept();
                begun.incrementAndGet();
                Thread.ofVirtual().start(() -> swallow(socket, ended));
              } catch (IOException e) {
                return; // closed
              }
            }
          });
      Attempts attempt = anAttempt().at("http://127.0.0.1:" + listener.getLocalPort() + "/");
      List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        // From "while connecting" to "long after the request".
        outcomes.add(rig.start(attempt.timeout(Duration.ofMillis(1 + i))));
      }

      for (CompletableFuture<Outcome> outcome : outcomes) {
        assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(Outcome.Transient.class);
      }
      await().untilAsserted(() -> assertThat(ended.get()).isEqualTo(begun.get()));
      assertThat(begun.get()).isPositive();
    }
  }

  private static void swallow(Socket socket, AtomicInteger ended) {
    try (socket) {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // Reset: an end like another.
    }
    ended.incrementAndGet();
  }

  private void timesOut(String url) {
    isTimeout(rig.send(anAttempt().at(url).timeout(TIMEOUT)));
  }

  private static void isTimeout(Outcome outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.TIMEOUT);
              assertThat(failed.took()).isBetween(TIMEOUT, TIMEOUT.plusSeconds(2));
            });
  }

  private RawServer trickling(String start) {
    return RawServer.on((request, out) -> {
      RawServer.write(out, start);
      try {
        while (!over.await(50, TimeUnit.MILLISECONDS)) {
          RawServer.write(out, "1");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return false;
    });
  }
}
