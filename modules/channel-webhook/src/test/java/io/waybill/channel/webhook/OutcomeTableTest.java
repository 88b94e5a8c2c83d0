package io.waybill.channel.webhook;

import static io.waybill.channel.webhook.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.guard.NameResolver;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables of docs/destinations.md, row by row. */
class OutcomeTableTest {
  private static final Path PAGE = Path.of("../../docs/destinations.md");
  private static final Pattern STATUS_ROW =
      Pattern.compile(
          "^\\| (\\d{3})(?: to (\\d{3}))? \\| ([^|]*) \\| (?:`([a-z-]+)` )?\\|$",
          Pattern.MULTILINE);
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private final Rig rig = new Rig();

  @AfterEach
  void closeRig() {
    rig.close();
  }

  /** A row of the table of status codes. */
  record Row(int from, int to, String outcome, String reason) {
    @Override
    public String toString() {
      return from == to ? Integer.toString(from) : from + " to " + to;
    }
  }

  static Stream<Row> rows() throws IOException {
    return STATUS_ROW.matcher(Files.readString(PAGE)).results().map(OutcomeTableTest::row);
  }

  private static Row row(MatchResult row) {
    int from = Integer.parseInt(row.group(1));
    int to = row.group(2) == null ? from : Integer.parseInt(row.group(2));
    return new Row(from, to, row.group(3), row.group(4) == null ? "" : row.group(4));
  }

  @Test
  void theTableHasEveryStatusOnce() throws IOException {
    int next = 200;
    for (Row row : rows().toList()) {
      assertThat(row.from()).as("the row after " + (next - 1)).isEqualTo(next);
      next = row.to() + 1;
    }
    assertThat(next).isEqualTo(1000);
  }

  @DisplayName("row 83: every status of the row ends as it says")
  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void everyStatusOfTheRowEndsAsItSays(Row row) {
    for (int status = row.from(); status <= row.to(); status++) {
      AnswerHead head = new AnswerHead(status, Optional.of("7"), Optional.empty(), false);
      endsAs(row, Answers.outcome(head, "h", List.of(), Optional.empty(), NOW, Duration.ZERO));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void theFirstAndTheLastOfTheRowDoSoOnTheWire(Row row) {
    for (int status : new int[] {row.from(), row.to()}) {
      RawServer server = rig.serve(RawServer.answering(status, "Retry-After: 7"));
      endsAs(row, rig.send(anAttempt().at(server.url())));
      assertThat(server.requests()).hasSize(1);
    }
  }

  private static void endsAs(Row row, Outcome outcome) {
    String word = row.outcome().split("[:,]", 2)[0];
    switch (outcome) {
      case Outcome.Delivered _ -> assertThat(word).isEqualTo("delivered");
      case Outcome.Permanent failed -> {
        assertThat(word).isEqualTo("dead letter");
        assertThat(failed.reason().code()).isEqualTo(row.reason());
      }
      case Outcome.Transient failed -> {
        assertThat(word).isEqualTo("tried again");
        assertThat(failed.reason().code()).isEqualTo(row.reason());
        boolean heeded = failed.reason() == Reason.HTTP_TRANSIENT;
        assertThat(failed.retryAfter())
            .isEqualTo(heeded ? Optional.of(Duration.ofSeconds(7)) : Optional.empty());
      }
    }
  }

  /** The second table; the texts are the keys, so that no row can be added without a test. */
  @Test
  void withoutAnAnswerItEndsAsTheTableSays() throws IOException {
    String page = Files.readString(PAGE);
    String table = page.substring(page.indexOf("| no answer |"));
    List<MatchResult> rows =
        Pattern.compile(
                "^\\| ([a-z][^|]*) \\| ([a-z][^|]*) \\| `([a-z-]+)` \\|$", Pattern.MULTILINE)
            .matcher(table.substring(0, table.indexOf("\n\n")))
            .results()
            .toList();
    assertThat(rows).hasSize(9);
    for (MatchResult row : rows) {
      Outcome outcome = without(row.group(1).split(":", 2)[0], row.group(1));
      String word = outcome instanceof Outcome.Permanent ? "dead letter" : "tried again";
      assertThat(word).as(row.group(1)).isEqualTo(row.group(2));
      assertThat(reason(outcome).code()).as(row.group(1)).isEqualTo(row.group(3));
    }
  }

  private static Outcome without(String start, String row) throws IOException {
    try (Rig own = new Rig()) {
      return switch (start) {
        case "nothing in time" -> {
          RawServer silent =
              own.serve(
                  RawServer.on((request, out) -> {
                    LockSupport.parkNanos(Duration.ofSeconds(5).toNanos());
                    return false;
                  }));
          yield own.send(anAttempt().at(silent.url()).timeout(Duration.ofMillis(300)));
        }
        case "the name has no address" ->
            own.resolver(unknown()).send(anAttempt().at("http://h.example/"));
        case "an address that is not allowed" -> {
          own.allowingNothing().resolver(host -> List.of(InetAddress.ofLiteral("10.0.0.1")));
          yield own.send(
              anAttempt().at(row.contains("name") ? "http://h.example/" : "http://10.0.0.1/"));
        }
        case "a [port](#ports) that is not allowed" ->
            own.send(anAttempt().at("http://127.0.0.1:22/"));
        case "nobody listens" ->
            own.send(anAttempt().at("http://127.0.0.1:" + RawServer.deadPort() + "/"));
        case "the connection breaks before a status line" ->
            own.send(anAttempt().at(own.serve(RawServer.on((request, out) -> false)).url()));
        case "the certificate or the protocol is not acceptable" -> withoutTls(own);
        case "something that is not HTTP/1.1" ->
            own.send(
                anAttempt().at(own.serve(RawServer.answering("220 mail ESMTP\r\n\r\n")).url()));
        default -> throw new AssertionError("a row that nobody tests: " + row);
      };
    }
  }

  /** A listener that answers a handshake in words. */
  private static Outcome withoutTls(Rig own) throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = listener.accept()) {
              RawServer.write(socket.getOutputStream(), "HTTP/1.1 400 no TLS here\r\n\r\n");
              // Until it hangs up: closing first could break the connection before it is read.
              socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
              // It hung up.
            }
          });
      return own.send(anAttempt().at("https://127.0.0.1:" + listener.getLocalPort() + "/"));
    }
  }

  private static NameResolver unknown() {
    return host -> {
      throw new UnknownHostException(host);
    };
  }

  private static Reason reason(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered _ -> throw new AssertionError("delivered");
      case Outcome.Permanent failed -> failed.reason();
      case Outcome.Transient failed -> failed.reason();
    };
  }
}
