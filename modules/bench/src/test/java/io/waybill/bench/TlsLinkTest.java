package io.waybill.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The receivers over TLS, as a client that is not ours sees them. */
class TlsLinkTest {
  /** More than a TLS record holds, and than a read takes. */
  private static final int LARGE = 300_000;

  private Receiver receiver;
  private Targets targets;

  @BeforeEach
  void startReceiver(@TempDir Path folder) throws Exception {
    Path authority = folder.resolve("authority.crt");
    Path keyStore = folder.resolve("receivers.p12");
    Certificates.make(authority, keyStore);
    receiver = new Receiver(2, TlsLink.factory(Certificates.showing(keyStore)));
    targets = new Targets(receiver.ports(), Optional.of(authority));
    // Ends with the JVM, as in its own process.
    Thread.ofPlatform().daemon().start(this::serve);
  }

  private void serve() {
    try {
      receiver.serve();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void answersRequestsOfAnySizeOverOneConnection() throws Exception {
    try (HttpClient client = client(targets.trust())) {
      for (int bytes : new int[] {64, LARGE, 1024, LARGE}) {
        assertThat(client.send(request(1, bytes), BodyHandlers.discarding()).statusCode())
            .isEqualTo(200);
      }

      assertThat(receiver.receivedOfEach()).containsExactly(0L, 4L);
      assertThat(receiver.run(receiver::connections)).isEqualTo(1);
    }
  }

  @Test
  void answersManyConnectionsAtATime() throws Exception {
    try (HttpClient client = client(targets.trust())) {
      List<CompletableFuture<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        answers.add(
            client
                .sendAsync(request(i % 2, i % 10 == 0 ? LARGE : 1024), BodyHandlers.discarding())
                .thenApply(answer -> answer.statusCode()));
      }

      assertThat(answers).allSatisfy(answer -> assertThat(answer.get()).isEqualTo(200));
      assertThat(receiver.receivedOfEach()).containsExactly(100L, 100L);
    }
  }

  @Test
  void isNotTrustedByWhoeverKnowsNothingOfItsAuthority() throws Exception {
    try (HttpClient client = client(Targets.ofJvm())) {
      assertThatThrownBy(() -> client.send(request(0, 64), BodyHandlers.discarding()))
          .isInstanceOf(SSLHandshakeException.class);
    }
    assertThat(receiver.received()).isZero();
  }

  private static HttpClient client(SSLContext trust) {
    return HttpClient.newBuilder().sslContext(trust).build();
  }

  private HttpRequest request(int destination, int bytes) {
    return HttpRequest.newBuilder(targets.url(destination))
        .POST(BodyPublishers.ofByteArray(Traffic.payload(0, bytes)))
        .build();
  }
}
