package io.waybill.channel.webhook;

import static io.waybill.channel.webhook.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The very bytes of a request. */
class WebhookRequestTest {
  private final Rig rig = new Rig();
  private final RawServer server = rig.serve(RawServer.answering(200));

  @AfterEach
  void closeRig() {
    rig.close();
  }

  @Test
  void sendsTheDataByteForByte() {
    String data =
        "{ \"big\":9007199254740993,\"money\":1.10, \"b\":1,\"a\":\"\\u00e9 \u00e9 \ud83d\ude80\" }";

    rig.send(anAttempt().at(server.url()).data(data));

    RawServer.Seen request = server.requests().getFirst();
    assertThat(new String(request.body(), StandardCharsets.UTF_8)).isEqualTo(data);
    assertThat(request.values("Content-Length"))
        .containsExactly(Integer.toString(data.getBytes(StandardCharsets.UTF_8).length));
    assertThat(request.values("Transfer-Encoding")).isEmpty();
  }

  @Test
  void sendsTenMebibytes() {
    String data = "\"" + "x".repeat(10 * 1024 * 1024 - 2) + "\"";

    assertThat(rig.send(anAttempt().at(server.url()).data(data)))
        .isInstanceOf(Outcome.Delivered.class);
    assertThat(server.requests().getFirst().body()).hasSize(10 * 1024 * 1024);
  }

  @Test
  void splicesDataAndMetadataIntoTheEnvelope() {
    rig.send(
        anAttempt()
            .at(server.url())
            .envelope()
            .type("phi-\"access\"\n")
            .correlationId("c\\1")
            .tags("a", "\u0001b")
            .metadata("{\"z\":1.0, \"a\":[]}")
            .data("[1.10 , 9007199254740993]"));

    assertThat(new String(server.requests().getFirst().body(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"id\":\"8d2f4f9e-6b1c-4c58-9b7e-0a1b2c3d4e5f\",\"type\":\"phi-\\\"access\\\"\\u000a\","
                + "\"timestamp\":\"2026-03-01T10:15:30.123Z\",\"organizationId\":\"hospital-001\","
                + "\"correlationId\":\"c\\\\1\",\"tags\":[\"a\",\"\\u0001b\"],"
                + "\"metadata\":{\"z\":1.0, \"a\":[]},\"data\":[1.10 , 9007199254740993]}");
  }

  @Test
  void namesTheDelivery() {
    rig.send(anAttempt().at(server.url()).correlationId("order 7").number(3));

    RawServer.Seen request = server.requests().getFirst();
    String taskId =
        TaskId.of(Attempts.ORGANIZATION, Attempts.DELIVERY, Attempts.DESTINATION).value();
    assertThat(request.requestLine()).isEqualTo("POST /hook HTTP/1.1");
    assertThat(request.values("Host")).containsExactly("127.0.0.1:" + server.port());
    assertThat(request.values("User-Agent")).containsExactly("Waybill/1.2.3");
    assertThat(request.values("Content-Type")).containsExactly("application/json");
    assertThat(request.values("webhook-id")).containsExactly(taskId);
    assertThat(request.values("webhook-timestamp"))
        .containsExactly(Long.toString(Rig.NOW.getEpochSecond()));
    assertThat(request.values("waybill-delivery-id")).containsExactly(Attempts.DELIVERY.toString());
    assertThat(request.values("waybill-type")).containsExactly("report");
    assertThat(request.values("waybill-attempt")).containsExactly("3");
    assertThat(request.values("waybill-correlation-id")).containsExactly("order 7");
    assertThat(request.values("webhook-signature")).isEmpty();
    assertThat(request.values("Upgrade")).isEmpty();
    assertThat(request.values("Expect")).isEmpty();
  }

  @Test
  void everyAttemptHasTheSameId() {
    rig.send(anAttempt().at(server.url()).number(1));
    rig.send(anAttempt().at(server.url()).number(2));

    assertThat(server.requests().get(1).values("webhook-id"))
        .isEqualTo(server.requests().get(0).values("webhook-id"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"caf\u00e9", "a\r\nX-Evil: 1", " padded "})
  void leavesOutWhatNoHeaderCanCarry(String text) {
    rig.send(anAttempt().at(server.url()).type(text).correlationId(text));

    RawServer.Seen request = server.requests().getFirst();
    assertThat(request.values("waybill-type")).isEmpty();
    assertThat(request.values("waybill-correlation-id")).isEmpty();
    assertThat(request.values("X-Evil")).isEmpty();
  }

  @Test
  void sendsConfiguredHeadersAsTheyAreWritten() {
    rig.send(
        anAttempt()
            .at(server.url())
            .header("Authorization", "Bearer  two  blanks")
            .header("X-CamelCase", "1")
            .header("content-type", "application/vnd.lab+json")
            .header("user-agent", "Lab/9"));

    RawServer.Seen request = server.requests().getFirst();
    assertThat(request.head())
        .contains("\r\nAuthorization: Bearer  two  blanks\r\n", "\r\nX-CamelCase: 1\r\n");
    assertThat(request.values("Content-Type")).containsExactly("application/vnd.lab+json");
    assertThat(request.values("User-Agent")).containsExactly("Lab/9");
  }

  @DisplayName("row 32: sends the path as it is written")
  @ParameterizedTest
  @CsvSource({
    "/a%2Fb/..;x=1/%0d%0a?q=%C3%BC&r=/..,/a%2Fb/..;x=1/%0d%0a?q=%C3%BC&r=/..",
    "'',/",
    "?a=b,/?a=b",
    "//x//,//x//",
    "/./a/../b,/./a/../b",
  })
  void sendsThePathAsItIsWritten(String path, String sent) {
    rig.send(anAttempt().at("http://127.0.0.1:" + server.port() + path));

    assertThat(server.requests().getFirst().requestLine()).isEqualTo("POST " + sent + " HTTP/1.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "PATCH"})
  void usesTheConfiguredMethod(String method) {
    rig.send(anAttempt().at(server.url()).method(method));

    assertThat(server.requests().getFirst().requestLine()).startsWith(method + " ");
  }

  @Test
  void reachesAnIpv6Literal() throws IOException {
    assumeTrue(hasIpv6(), "this machine has no IPv6 loopback");
    RawServer ipv6 =
        rig.serve(
            new RawServer(
                new ServerSocket(0, 50, InetAddress.ofLiteral("::1")),
                (request, out) -> {
                  RawServer.write(out, "HTTP/1.1 204 No Content\r\n\r\n");
                  return true;
                }));

    assertThat(rig.send(anAttempt().at("http://[::1]:" + ipv6.port() + "/")))
        .isInstanceOf(Outcome.Delivered.class);
    assertThat(ipv6.requests().getFirst().values("Host")).containsExactly("[::1]:" + ipv6.port());
  }

  private static boolean hasIpv6() {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
      return probe.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nX-Evil: 1", "caf\u00e9", "Bearer undefined", "Bearer "})
  void aHeaderValueThatCannotBeRightIsNotSent(String value) {
    Outcome outcome = rig.send(anAttempt().at(server.url()).header("Authorization", value));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.INVALID_CREDENTIAL);
              assertThat(failed.message())
                  .startsWith("config.webhook.headers.Authorization: ")
                  .doesNotContain(value);
            });
    assertThat(server.connections()).isZero();
  }

  @Test
  void aForbiddenHeaderIsNotSent() {
    Outcome outcome = rig.send(anAttempt().at(server.url()).header("Transfer-Encoding", "chunked"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.INVALID_FIELD));
    assertThat(server.connections()).isZero();
  }

  @Test
  void waitsForCredentialsThatAreStillOnTheirWay() {
    Attempts sealed = anAttempt().at(server.url()).header("Authorization", "Bearer abcdef");
    Rig without = new Rig();
    try (without) {
      Outcome late = without.sendWithoutValues(sealed.secretsVersion(0));
      Outcome never = without.sendWithoutValues(sealed.secretsVersion(1));

      assertThat(late)
          .isInstanceOfSatisfying(
              Outcome.Transient.class,
              failed -> assertThat(failed.reason()).isEqualTo(Reason.DESTINATION_PENDING));
      assertThat(never)
          .isInstanceOfSatisfying(
              Outcome.Permanent.class,
              failed -> assertThat(failed.reason()).isEqualTo(Reason.INVALID_CREDENTIAL));
    }
    assertThat(server.connections()).isZero();
  }

  @Test
  void tookIsTheTimeOfTheWholeAttempt() {
    RawServer slow =
        rig.serve(
            RawServer.on((request, out) -> {
              LockSupport.parkNanos(200_000_000);
              RawServer.write(out, "HTTP/1.1 204 No Content\r\n\r\n");
              return true;
            }));

    assertThat(rig.send(anAttempt().at(slow.url())).took())
        .isBetween(Duration.ofMillis(190), Duration.ofSeconds(5));
  }
}
