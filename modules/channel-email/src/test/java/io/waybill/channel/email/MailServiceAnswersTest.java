package io.waybill.channel.email;

import static io.waybill.channel.email.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each answer of SES and of SendGrid means: the tables of docs/guide/email.md. */
class MailServiceAnswersTest {
  private static final Duration NONE = Duration.ZERO;
  private final Rig rig = new Rig();

  @AfterEach
  void closeRig() {
    rig.close();
  }

  private static Arguments ses(String type, int status, boolean forGood, Reason reason) {
    return argumentSet(status + " " + type, type, status, forGood, reason);
  }

  static Stream<Arguments> sesAnswers() {
    return Stream.of(
        ses("ThrottlingException", 400, false, Reason.HTTP_TRANSIENT),
        ses("TooManyRequestsException", 429, false, Reason.HTTP_TRANSIENT),
        ses("LimitExceededException", 400, false, Reason.HTTP_TRANSIENT),
        ses("SendingPausedException", 400, false, Reason.HTTP_TRANSIENT),
        ses("RequestExpired", 400, false, Reason.HTTP_TRANSIENT),
        ses("MessageRejected", 400, true, Reason.HTTP_PERMANENT),
        ses("MailFromDomainNotVerifiedException", 400, true, Reason.HTTP_PERMANENT),
        ses("AccountSuspendedException", 400, true, Reason.HTTP_PERMANENT),
        ses("BadRequestException", 400, true, Reason.HTTP_PERMANENT),
        ses("NotFoundException", 404, true, Reason.HTTP_PERMANENT),
        ses("UnrecognizedClientException", 403, false, Reason.CREDENTIALS_REFUSED),
        ses("InvalidSignatureException", 403, false, Reason.CREDENTIALS_REFUSED),
        ses("ExpiredTokenException", 403, false, Reason.CREDENTIALS_REFUSED),
        ses("AccessDeniedException", 403, false, Reason.CREDENTIALS_REFUSED),
        ses("SomethingNew", 400, true, Reason.HTTP_PERMANENT),
        ses("SomethingNew", 403, false, Reason.CREDENTIALS_REFUSED),
        ses("SomethingNew", 429, false, Reason.HTTP_TRANSIENT),
        ses("SomethingNew", 500, false, Reason.HTTP_TRANSIENT),
        ses("SomethingNew", 503, false, Reason.HTTP_TRANSIENT),
        ses("SomethingNew", 301, true, Reason.REDIRECT_REFUSED));
  }

  @DisplayName("F36 SES")
  @ParameterizedTest
  @MethodSource("sesAnswers")
  void f36Ses(String type, int status, boolean forGood, Reason reason) {
    rig.serve(
        RawHttp.answering(
            RawHttp.answer(
                status, "{\"message\": \"no\"}", "x-amzn-ErrorType: " + type + ":http://x/")));

    Outcome outcome = rig.send(anAttempt().ses());

    assertThat(failure(outcome, forGood, reason))
        .startsWith("127.0.0.1 ")
        .contains(Integer.toString(status))
        .doesNotContain("SomethingNew", "http://x/");
    if (reason == Reason.CREDENTIALS_REFUSED) {
      assertThat(pause(outcome)).isEqualTo(LogIns.PAUSE);
    }
  }

  @Test
  @DisplayName("F36 SES: the type of an error may stand in the body")
  void f36SesTypeInTheBody() {
    rig.serve(
        RawHttp.answering(
            RawHttp.answer(400, "{\"__type\": \"com.amazonaws.sesv2#ThrottlingException\"}")));

    assertThat(failure(rig.send(anAttempt().ses()), false, Reason.HTTP_TRANSIENT))
        .contains("400 ThrottlingException", "slow down");
  }

  private static Arguments sendGrid(int status, boolean forGood, Reason reason) {
    return argumentSet(Integer.toString(status), status, forGood, reason);
  }

  static Stream<Arguments> sendGridAnswers() {
    return Stream.of(
        sendGrid(400, true, Reason.HTTP_PERMANENT),
        sendGrid(401, false, Reason.CREDENTIALS_REFUSED),
        sendGrid(403, false, Reason.CREDENTIALS_REFUSED),
        sendGrid(404, true, Reason.HTTP_PERMANENT),
        sendGrid(406, true, Reason.HTTP_PERMANENT),
        sendGrid(413, true, Reason.HTTP_PERMANENT),
        sendGrid(408, false, Reason.HTTP_TRANSIENT),
        sendGrid(429, false, Reason.HTTP_TRANSIENT),
        sendGrid(500, false, Reason.HTTP_TRANSIENT),
        sendGrid(502, false, Reason.HTTP_TRANSIENT),
        sendGrid(503, false, Reason.HTTP_TRANSIENT),
        sendGrid(302, true, Reason.REDIRECT_REFUSED),
        // The sandbox's: nothing will be sent.
        sendGrid(200, false, Reason.PROTOCOL_ERROR));
  }

  @DisplayName("F36 SendGrid")
  @ParameterizedTest
  @MethodSource("sendGridAnswers")
  void f36SendGrid(int status, boolean forGood, Reason reason) {
    rig.serve(RawHttp.answering(RawHttp.answer(status, "{\"errors\": [{\"message\": \"no\"}]}")));

    Outcome outcome = rig.send(anAttempt().sendGrid("SG.key"));

    assertThat(failure(outcome, forGood, reason)).contains(Integer.toString(status));
    if (reason == Reason.CREDENTIALS_REFUSED) {
      assertThat(pause(outcome)).isEqualTo(LogIns.PAUSE);
    }
  }

  @Test
  @DisplayName("F36 SendGrid: 429 is left alone until X-RateLimit-Reset")
  void f36SendGridIsLeftAloneUntilItsLimitIsReset() {
    long reset = Rig.NOW.getEpochSecond() + 42;
    rig.serve(RawHttp.answering(RawHttp.answer(429, "", "X-RateLimit-Reset: " + reset)));

    assertThat(pause(rig.send(anAttempt().sendGrid("SG.key")))).isEqualTo(Duration.ofSeconds(42));
  }

  @Test
  @DisplayName("F36 SES: Retry-After is a floor where it is said")
  void f36SesIsLeftAloneAsLongAsItAsks() {
    rig.serve(
        RawHttp.answering(
            RawHttp.answer(
                429, "", "x-amzn-ErrorType: TooManyRequestsException", "Retry-After: 7")));

    assertThat(pause(rig.send(anAttempt().ses()))).isEqualTo(Duration.ofSeconds(7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-1", "99999999999999999999", "0"})
  void aPauseThatIsNoNumberIsNone(String value) {
    rig.serve(RawHttp.answering(RawHttp.answer(429, "", "X-RateLimit-Reset: " + value)));

    assertThat(pause(rig.send(anAttempt().sendGrid("SG.key")))).isEqualTo(NONE);
  }

  @Test
  @DisplayName("F36 SES: 200 is handed over, and the message's id is the reference")
  void f36SesTakes() {
    rig.serve(RawHttp.answering(RawHttp.answer(200, "{\"MessageId\": \"0100018f-77\"}")));

    assertDelivered(rig.send(anAttempt().ses()), "200", Optional.of("0100018f-77"));
  }

  /** Row 112: whoever says so little may be a proxy on the way. */
  @DisplayName("row 112: F36 SES without an id is ambiguous")
  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "<html>log in</html>", "{\"MessageId\": 7}"})
  void f36SesWithoutAnIdIsAmbiguous(String body) {
    rig.serve(RawHttp.answering(RawHttp.answer(200, body)));

    failure(rig.send(anAttempt().ses()), false, Reason.PROTOCOL_ERROR);
  }

  @Test
  @DisplayName("F36 SendGrid: 202 is handed over, and X-Message-Id is the reference")
  void f36SendGridTakes() {
    rig.serve(RawHttp.answering(RawHttp.answer(202, "", "X-Message-Id: 14c5d75ce93.dfd.64b469")));

    assertDelivered(
        rig.send(anAttempt().sendGrid("SG.key")), "202", Optional.of("14c5d75ce93.dfd.64b469"));
  }

  /** Row 111. */
  @DisplayName("row 111: F36 SendGrid may give no id")
  @Test
  void f36SendGridMayGiveNoId() {
    rig.serve(RawHttp.answering(RawHttp.answer(202, "")));

    assertDelivered(rig.send(anAttempt().sendGrid("SG.key")), "202", Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"SG.key-0123456789", "a b", "<x>"})
  void anIdThatCannotBeShownIsDropped(String id) {
    rig.serve(RawHttp.answering(RawHttp.answer(202, "", "X-Message-Id: " + id)));

    assertDelivered(rig.send(anAttempt().sendGrid("SG.key-0123456789")), "202", Optional.empty());
  }

  @Test
  void whoHasTheMailDoesNotGetItAgainWhenAnotherWasThrottled() {
    RawHttp server =
        rig.serve(
            RawHttp.inTurn(
                RawHttp.answer(202, "", "X-Message-Id: m1"),
                RawHttp.answer(429, ""),
                RawHttp.answer(202, "", "X-Message-Id: m2"),
                RawHttp.answer(202, "", "X-Message-Id: m3")));
    String[] three = {"a@hospital.com", "b@hospital.com", "c@hospital.com"};

    Outcome first = rig.send(anAttempt().sendGrid("SG.key").to(three));
    List<String> done = ((Outcome.Transient) first).doneParts();
    Outcome second = rig.send(anAttempt().sendGrid("SG.key").to(three).done(done));

    assertThat(first.toString()).contains("1 of 3 recipients have their mail");
    assertDelivered(second, "202", Optional.of("m2 m3"));
    assertThat(server.requests())
        .extracting(
            request -> request.text().replaceAll("(?s).*\"to\":\\[\\{\"email\":\"(.).*", "$1"))
        .containsExactly("a", "b", "b", "c");
    assertThat(server.connections()).as("one for each attempt").isEqualTo(2);
  }

  @Test
  void aRecipientWhoIsRefusedKeepsNobodyElseFromHisMail() {
    RawHttp server =
        rig.serve(
            RawHttp.on((request, out) -> {
              RawHttp.write(
                  out,
                  request.text().contains("b@hospital.com")
                      ? RawHttp.answer(400, "", "x-amzn-ErrorType: MessageRejected")
                      : RawHttp.answer(200, "{\"MessageId\": \"m\"}"));
              return true;
            }));

    Outcome outcome =
        rig.send(anAttempt().ses().to("a@hospital.com", "b@hospital.com", "c@hospital.com"));

    assertThat(failure(outcome, true, Reason.HTTP_PERMANENT))
        .contains("for 1 of 3 recipients", "400 MessageRejected", "the others have it");
    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void aRefusalOfTheDestinationIsAskedForOnce() {
    RawHttp server =
        rig.serve(
            RawHttp.answering(
                RawHttp.answer(400, "", "x-amzn-ErrorType: MailFromDomainNotVerifiedException")));

    rig.send(anAttempt().ses().to("a@hospital.com", "b@hospital.com"));

    assertThat(server.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ses", "sendgrid"})
  void refusedCredentialsAreNotTriedAgainSoonButAtOnceAfterAnUpdate(String service) {
    RawHttp server =
        rig.serve(
            RawHttp.inTurn(
                RawHttp.answer(403, ""),
                RawHttp.answer(service.equals("ses") ? 200 : 202, "{\"MessageId\": \"m\"}")));

    for (int i = 0; i < 5; i++) {
      failure(rig.send(attempt(service)), false, Reason.CREDENTIALS_REFUSED);
    }

    assertThat(server.requests()).hasSize(1);
    Attempts updated =
        service.equals("ses")
            ? anAttempt().ses("us-east-1", Optional.empty(), "new-session")
            : anAttempt().sendGrid("SG.other");
    assertThat(rig.send(updated.version(2))).isInstanceOf(Outcome.Delivered.class);
  }

  private static Attempts attempt(String service) {
    return service.equals("ses") ? anAttempt().ses() : anAttempt().sendGrid("SG.key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ses", "sendgrid"})
  void aConnectionThatBreaksBeforeTheAnswerIsTriedAgain(String service) {
    RawHttp server = rig.serve(RawHttp.on((request, out) -> false));

    failure(rig.send(attempt(service)), false, Reason.CONNECTION_LOST);

    assertThat(server.requests()).as("sent once").hasSize(1);
  }

  private static void assertDelivered(Outcome outcome, String answer, Optional<String> reference) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Delivered.class,
            delivered -> {
              assertThat(delivered.answer()).isEqualTo(answer);
              assertThat(delivered.externalReference()).isEqualTo(reference);
            });
  }

  private static Duration pause(Outcome outcome) {
    return ((Outcome.Transient) outcome).retryAfter().orElse(NONE);
  }

  private static String failure(Outcome outcome, boolean forGood, Reason reason) {
    return switch (outcome) {
      case Outcome.Delivered delivered -> throw new AssertionError(delivered);
      case Outcome.Transient failed -> {
        assertThat(failed.reason()).as(failed.message()).isEqualTo(reason);
        assertThat(forGood).as(failed.message()).isFalse();
        yield failed.message();
      }
      case Outcome.Permanent failed -> {
        assertThat(failed.reason()).as(failed.message()).isEqualTo(reason);
        assertThat(forGood).as(failed.message()).isTrue();
        yield failed.message();
      }
    };
  }
}
