package io.waybill.channel.webhook;

import static io.waybill.channel.webhook.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.WebhookAuth;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a request is authenticated, and that nobody can make its answer tell the credentials. */
class WebhookAuthTest {
  private final Rig rig = new Rig();

  @AfterEach
  void closeRig() {
    rig.close();
  }

  private static Attempts basic() {
    return anAttempt()
        .auth(new WebhookAuth.Basic())
        .credential(WebhookAuth.USERNAME, "Aladdin")
        .credential(WebhookAuth.PASSWORD, "open s\u00e9same:1");
  }

  @Test
  void basicIsUserAndPasswordInUtf8() {
    RawServer server = rig.serve(RawServer.answering(200));

    rig.send(basic().at(server.url()));

    // printf 'Aladdin:open sésame:1' | base64
    assertThat(server.requests().getFirst().values("Authorization"))
        .containsExactly("Basic QWxhZGRpbjpvcGVuIHPDqXNhbWU6MQ==");
  }

  @Test
  void bearerIsTheToken() {
    RawServer server = rig.serve(RawServer.answering(200));

    rig.send(
        anAttempt()
            .at(server.url())
            .auth(new WebhookAuth.Bearer())
            .credential(WebhookAuth.TOKEN, "1|abc.def"));

    assertThat(server.requests().getFirst().values("Authorization"))
        .containsExactly("Bearer 1|abc.def");
  }

  @Test
  void aKeyStandsInTheHeaderOfItsName() {
    RawServer server = rig.serve(RawServer.answering(200));

    rig.send(
        anAttempt()
            .at(server.url())
            .auth(new WebhookAuth.ApiKey("X-Lab-Key"))
            .credential(WebhookAuth.KEY, "k-123456"));

    assertThat(server.requests().getFirst().head()).contains("\r\nX-Lab-Key: k-123456\r\n");
    assertThat(server.requests().getFirst().values("Authorization")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nX-Evil: 1", "undefined", "${TOKEN}", "with blank", "caf\u00e9", ""})
  void aTokenThatCannotBeRightIsNotSent(String token) {
    RawServer server = rig.serve(RawServer.answering(200));

    Outcome outcome =
        rig.send(
            anAttempt()
                .at(server.url())
                .auth(new WebhookAuth.Bearer())
                .credential(WebhookAuth.TOKEN, token));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.INVALID_CREDENTIAL);
              assertThat(failed.message()).startsWith("config.webhook.auth.token: ");
            });
    assertThat(server.connections()).isZero();
  }

  @Test
  void twoSourcesOfOneHeaderAreRefused() {
    RawServer server = rig.serve(RawServer.answering(200));

    Outcome outcome = rig.send(basic().at(server.url()).header("authorization", "Bearer abcdefgh"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.INVALID_FIELD));
    assertThat(server.connections()).isZero();
  }

  @Test
  void nothingOfAnAnswersBodyIsKeptUnlessTheDestinationWantsIt() {
    RawServer server = rig.serve(refusing("HTTP/1.1 422 X", "no such patient"));

    assertThat(message(rig.send(anAttempt().at(server.url())))).isEqualTo("127.0.0.1 answered 422");
    assertThat(message(rig.send(anAttempt().at(server.url()).errorExcerpt())))
        .isEqualTo("127.0.0.1 answered 422; it said: no such patient");
    assertThat(message(rig.send(anAttempt().at(server.url()).errorExcerpt().confidential())))
        .as("who wants it cannot say so for a payload that nobody else may read")
        .isEqualTo("127.0.0.1 answered 422");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 400 X", "HTTP/1.1 410 X", "HTTP/1.1 429 X", "HTTP/1.1 503 X"})
  void everyRefusalCanSayWhy(String statusLine) {
    RawServer server = rig.serve(refusing(statusLine, "closed on\r\nSunday"));

    assertThat(message(rig.send(anAttempt().at(server.url()).errorExcerpt())))
        .endsWith("; it said: closed on Sunday");
  }

  @Test
  void anEndlessRefusalIsCutAtItsLimits() {
    RawServer server =
        rig.serve(
            RawServer.on((request, out) -> {
              RawServer.write(out, "HTTP/1.1 500 X\r\nContent-Length: 99999999999\r\n\r\n");
              while (true) {
                RawServer.write(out, "x".repeat(16 * 1024));
              }
            }));

    assertThat(message(rig.send(anAttempt().at(server.url()).errorExcerpt())))
        .isEqualTo("127.0.0.1 answered 500; it said: " + "x".repeat(1024));
  }

  @DisplayName("row 95: a receiver that echoes our headers tells nobody")
  @Test
  void aReceiverThatEchoesOurHeadersTellsNobody() {
    RawServer server =
        rig.serve(
            RawServer.on((request, out) -> {
              String echo = request.head();
              RawServer.write(
                  out,
                  "HTTP/1.1 500 X\r\nX-Request-Id: "
                      + request.values("Authorization").getFirst()
                      + "\r\nContent-Length: "
                      + echo.length()
                      + "\r\n\r\n"
                      + echo);
              return true;
            }));

    for (Attempts attempt : List.of(basic(), basic().errorExcerpt())) {
      assertThat(rig.send(attempt.at(server.url())).toString())
          .contains("answered 500")
          .doesNotContain("QWxhZGRpbj")
          .doesNotContain("Aladdin");
    }
  }

  @Test
  void aCompressedRefusalIsNotShown() {
    RawServer server =
        rig.serve(
            RawServer.answering(
                "HTTP/1.1 500 X\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde"));

    assertThat(message(rig.send(anAttempt().at(server.url()).errorExcerpt())))
        .isEqualTo("127.0.0.1 answered 500");
  }

  private static RawServer refusing(String statusLine, String body) {
    return RawServer.answering(
        statusLine + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
  }

  private static String message(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Transient failed -> failed.message();
      case Outcome.Permanent failed -> failed.message();
      case Outcome.Delivered _ -> throw new AssertionError("delivered");
    };
  }
}
