package io.waybill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpSinkTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private final HttpSink sink = HttpSink.start(0, InstantSource.fixed(NOW));
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void close() {
    client.close();
    sink.close();
  }

  @Test
  void recordsExactlyWhatCame() throws Exception {
    byte[] body = {0, 1, -1, '\r', '\n', 127};
    HttpRequest request =
        HttpRequest.newBuilder(sink.uri("/hook?a=b%20c"))
            .header("X-Many", "one")
            .header("X-Many", "two")
            .method("PUT", BodyPublishers.ofByteArray(body))
            .build();
    assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);

    ReceivedRequest received = sink.awaitRequests("/hook", 1, Duration.ofSeconds(10)).getFirst();
    assertThat(received.method()).isEqualTo("PUT");
    assertThat(received.target()).isEqualTo("/hook?a=b%20c");
    assertThat(received.path()).isEqualTo("/hook");
    assertThat(received.headers().get("x-many")).containsExactly("one", "two");
    assertThat(received.header("X-MANY")).contains("one");
    assertThat(received.body()).isEqualTo(body);
    assertThat(received.at()).isEqualTo(NOW);
    assertThat(sink.count("/other")).isZero();
  }

  @Test
  void takesChunksAndExpectContinue() throws Exception {
    HttpRequest chunked =
        HttpRequest.newBuilder(sink.uri("/chunks"))
            .expectContinue(true)
            .POST(
                BodyPublishers.fromPublisher(
                    BodyPublishers.ofByteArrays(
                        List.of("ab".getBytes(), "cd".repeat(9_000).getBytes()))))
            .build();
    assertThat(client.send(chunked, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    ReceivedRequest received = sink.requests("/chunks").getFirst();
    assertThat(received.header("transfer-encoding")).contains("chunked");
    assertThat(received.bodyText()).isEqualTo("ab" + "cd".repeat(9_000));
  }

  @Test
  void answersInTheScriptedOrderAndThen200() throws Exception {
    sink.script(
        "/s",
        Answer.status(503).header("Retry-After", "7").body("busy"),
        Answer.status(204),
        Answer.status(400).after(Duration.ofMillis(300)));
    HttpResponse<String> first = get("/s");
    assertThat(first.statusCode()).isEqualTo(503);
    assertThat(first.headers().firstValue("Retry-After")).contains("7");
    assertThat(first.body()).isEqualTo("busy");
    assertThat(get("/s").statusCode()).isEqualTo(204);
    long before = System.nanoTime();
    assertThat(get("/s").statusCode()).isEqualTo(400);
    assertThat(System.nanoTime() - before).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(290));
    assertThat(get("/s").statusCode()).isEqualTo(200);
    assertThat(get("/elsewhere").statusCode()).isEqualTo(200);
    assertThat(sink.requests()).hasSize(5).extracting(ReceivedRequest::connection).containsOnly(1);
  }

  @Test
  void remembersWhatItAnswered() throws Exception {
    sink.script("/s", Answer.status(503), Answer.close());
    HttpRequest request =
        HttpRequest.newBuilder(sink.uri("/s")).POST(BodyPublishers.noBody()).build();
    assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(503);
    assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
        .isInstanceOf(IOException.class);

    List<ReceivedRequest> received = sink.requests("/s");
    Awaitility.await().until(() -> sink.answerTo(received.get(0)).isPresent());
    assertThat(sink.answerTo(received.get(0))).contains(new SentAnswer(503, NOW));
    assertThat(sink.answerTo(received.get(1))).isEmpty();
  }

  @Test
  void hangsAndHangsUp() {
    sink.always("/hang", Answer.hang());
    sink.always("/close", Answer.close());
    HttpRequest hanging =
        HttpRequest.newBuilder(sink.uri("/hang")).timeout(Duration.ofMillis(500)).build();
    assertThatThrownBy(() -> client.send(hanging, BodyHandlers.ofString()))
        .isInstanceOf(HttpTimeoutException.class);
    // A POST, because the client itself repeats a GET whose connection broke.
    HttpRequest closing =
        HttpRequest.newBuilder(sink.uri("/close")).POST(BodyPublishers.ofString("x")).build();
    assertThatThrownBy(() -> client.send(closing, BodyHandlers.ofString()))
        .isInstanceOf(IOException.class);
    assertThat(sink.count("/hang")).isEqualTo(1);
    assertThat(sink.requests("/close").getFirst().bodyText()).isEqualTo("x");
    assertThat(sink.underWay()).isEqualTo(1);
  }

  @Test
  void holdsThousandsAtOnce() throws Exception {
    int many = 2_000;
    sink.always("/many", Answer.hang());
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < many; i++) {
        Socket socket = new Socket("127.0.0.1", sink.port());
        sockets.add(socket);
        socket
            .getOutputStream()
            .write("POST /many HTTP/1.1\r\nContent-Length: 1\r\n\r\nx".getBytes());
      }
      sink.awaitRequests("/many", many, Duration.ofSeconds(30));
      assertThat(sink.mostUnderWay()).isEqualTo(many);
      assertThat(sink.connections()).isEqualTo(many);
      sink.close();
      try (InputStream answer = sockets.getLast().getInputStream()) {
        assertThat(new String(answer.readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void saysWhatItGotInsteadOfWhatWasAwaited() throws Exception {
    get("/one");
    assertThatThrownBy(() -> sink.awaitRequests("/two", 1, Duration.ofMillis(100)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no 1 requests for /two")
        .hasMessageContaining("/one=1");
    CompletableFuture<List<ReceivedRequest>> waiting =
        CompletableFuture.supplyAsync(
            () -> sink.await(all -> all.size() == 2, Duration.ofSeconds(10)));
    get("/two");
    assertThat(waiting.get(10, TimeUnit.SECONDS)).hasSize(2);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(HttpRequest.newBuilder(sink.uri(path)).build(), BodyHandlers.ofString());
  }
}
