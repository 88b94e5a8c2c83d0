package io.waybill.channel.email;

import static io.waybill.channel.email.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What each answer of a mail server means, and who gets how many mails. */
class EmailChannelTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String[] THREE = {"a@hospital.com", "b@hospital.com", "c@hospital.com"};

  private final Rig rig = new Rig();

  @AfterEach
  void closeRig() {
    rig.close();
  }

  @Test
  void mailsEachRecipientInATransactionOfItsOwnOverOneConnection() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());

    Outcome outcome = rig.send(anAttempt().at(server).to(THREE));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Delivered.class,
            delivered -> {
              assertThat(delivered.answer()).isEqualTo("250");
              assertThat(delivered.externalReference()).contains("4XYZ0 4XYZ1 4XYZ2");
            });
    assertThat(server.connections()).isEqualTo(1);
    assertThat(server.taken()).extracting(ScriptedSmtp.Received::recipient).containsExactly(THREE);
    for (ScriptedSmtp.Received mail : server.taken()) {
      assertThat(mail.header("To")).isEqualTo(mail.recipient());
      assertThat(mail.header("X-Delivery-Id")).isEqualTo(Attempts.DELIVERY.toString());
      assertThat(mail.header("Auto-Submitted")).isEqualTo("auto-generated");
      assertThat(mail.header("Date")).startsWith("Mon, 2 Mar 2026 ");
      assertThat(mail.raw()).doesNotContain("Bcc", "Cc:");
    }
    assertThat(server.taken())
        .extracting(mail -> mail.header("Message-ID"))
        .doesNotHaveDuplicates()
        .allMatch(id -> id.matches("<[0-9a-f]{32}\\.[0-9a-f]{16}@hospital\\.com>"));
    assertThat(server.commands().getFirst()).isEqualTo("EHLO waybill.example");
  }

  @Test
  @DisplayName("F34: one of three refused: the others are not mailed again")
  void aPartialRefusalNeverMailsTheOthersAgain() {
    ScriptedSmtp server =
        rig.serve(
            ScriptedSmtp.takingAll()
                .on("RCPT", line -> line.contains("b@") ? "550 5.1.1 nobody" : "250 ok"));

    Outcome outcome = rig.send(anAttempt().at(server).to(THREE));

    Outcome.Permanent refused = permanent(outcome, Reason.SMTP_PERMANENT);
    assertThat(refused.message())
        .isEqualTo(
            "127.0.0.1 refuses the mail for 1 of 3 recipients for good, answering 550 to a"
                + " recipient; the others have it, and a replay leaves them alone");
    assertThat(server.taken())
        .extracting(ScriptedSmtp.Received::recipient)
        .containsExactly("a@hospital.com", "c@hospital.com");

    server.on("RCPT", "250 ok");
    Outcome replayed =
        rig.send(anAttempt().at(server).to(THREE).generation(1).done(refused.doneParts()));

    assertThat(replayed).isInstanceOf(Outcome.Delivered.class);
    assertThat(server.taken())
        .extracting(ScriptedSmtp.Received::recipient)
        .containsExactly("a@hospital.com", "c@hospital.com", "b@hospital.com");
  }

  @Test
  void goesOnWithThoseWhoMayTakeItLaterAndRefusesTheOthersOnce() {
    ScriptedSmtp server =
        rig.serve(
            ScriptedSmtp.takingAll()
                .on(
                    "RCPT",
                    line ->
                        line.contains("b@") ? "550 no" : line.contains("c@") ? "451 wait" : "250"));

    Outcome.Transient first =
        transientFailure(rig.send(anAttempt().at(server).to(THREE)), Reason.SMTP_TRANSIENT);

    assertThat(first.message())
        .isEqualTo(
            "127.0.0.1 answered 451 to a recipient (1 of 3 recipients have their mail, 1 are"
                + " refused for good, 1 will be tried again)");

    server.on("RCPT", "250 ok");
    Outcome second = rig.send(anAttempt().at(server).to(THREE).done(first.doneParts()));

    assertThat(permanent(second, Reason.SMTP_PERMANENT).message()).contains("1 of 3");
    assertThat(server.taken())
        .extracting(ScriptedSmtp.Received::recipient)
        .containsExactly("a@hospital.com", "c@hospital.com");
  }

  @Test
  @DisplayName("F32: 421, 450 and 451 are tried again until it is taken, with one Message-ID")
  void f32WhatIsPutOffIsTriedAgainAndNeverRefused() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    List<String> answers = List.of("450 4.2.1 later", "451 4.7.1 greylisted", "421 4.3.2 busy");

    for (String command : List.of("RCPT", "END")) {
      for (String answer : answers) {
        server.on(command, answer);
        Outcome.Transient putOff =
            transientFailure(rig.send(anAttempt().at(server)), Reason.SMTP_TRANSIENT);
        assertThat(putOff.retryAfter()).as("left to the destination's own delays").isEmpty();
        assertThat(putOff.doneParts()).isEmpty();
      }
      server.on(command, "250 ok");
    }

    assertThat(rig.send(anAttempt().at(server))).isInstanceOf(Outcome.Delivered.class);
    assertThat(server.taken()).hasSize(1);
    assertThat(server.all())
        .as("three that were put off at their end, and the one that was taken")
        .hasSize(4)
        .extracting(mail -> mail.header("Message-ID"))
        .containsOnly(server.taken().getFirst().header("Message-ID"));
  }

  @Test
  @DisplayName("F32: greylisting is delivered once, with the same Message-ID")
  void greylistingIsDeliveredOnceWithTheSameMessageId() {
    ScriptedSmtp server =
        rig.serve(
            ScriptedSmtp.takingAll().inTurn("END", "451 4.7.1 greylisted", "250 queued as 77AB"));

    Outcome.Transient first =
        transientFailure(rig.send(anAttempt().at(server)), Reason.SMTP_TRANSIENT);
    Outcome second = rig.send(anAttempt().at(server).done(first.doneParts()));

    assertThat(first.message()).isEqualTo("127.0.0.1 answered 451 to the mail");
    assertThat(second)
        .isInstanceOfSatisfying(
            Outcome.Delivered.class,
            delivered -> assertThat(delivered.externalReference()).contains("77AB"));
    assertThat(server.taken()).hasSize(1);
    assertThat(server.all()).hasSize(2);
    assertThat(server.all().get(0).header("Message-ID"))
        .isNotEmpty()
        .isEqualTo(server.all().get(1).header("Message-ID"));
  }

  static Stream<Arguments> answers() {
    return Stream.of(
        argumentSet("F33: 550 to RCPT", "RCPT", "550 5.1.1 x", true, Reason.SMTP_PERMANENT),
        argumentSet("F33: 552 to RCPT", "RCPT", "552 5.2.2 x", true, Reason.SMTP_PERMANENT),
        argumentSet("F33: 554 to DATA", "DATA", "554 5.7.1 x", true, Reason.SMTP_PERMANENT),
        argumentSet("row 103: 550 after the dot", "END", "550 x", true, Reason.SMTP_PERMANENT),
        argumentSet("550 to MAIL", "MAIL", "550 5.7.1 x", true, Reason.SMTP_PERMANENT),
        argumentSet("F32: 450 to RCPT", "RCPT", "450 4.2.1 x", false, Reason.SMTP_TRANSIENT),
        argumentSet("452 after the dot", "END", "452 4.3.1 x", false, Reason.SMTP_TRANSIENT),
        argumentSet("F32: 451 to MAIL", "MAIL", "451 x", false, Reason.SMTP_TRANSIENT),
        argumentSet("F32: 421 to RCPT", "RCPT", "421 x", false, Reason.SMTP_TRANSIENT),
        argumentSet("row 101: banner 554", "BANNER", "554 x", false, Reason.SMTP_TRANSIENT),
        argumentSet("row 101: banner 421", "BANNER", "421 x", false, Reason.SMTP_TRANSIENT),
        argumentSet("502 to EHLO", "EHLO", "502 x", false, Reason.SMTP_TRANSIENT),
        argumentSet("530 to MAIL", "MAIL", "530 x", false, Reason.CREDENTIALS_REFUSED),
        argumentSet("399 to RCPT", "RCPT", "399 x", false, Reason.PROTOCOL_ERROR),
        argumentSet("no code", "RCPT", "what?", false, Reason.PROTOCOL_ERROR),
        argumentSet("hung up at MAIL", "MAIL", "hang up", false, Reason.CONNECTION_LOST),
        argumentSet("hung up at DATA", "DATA", "hang up", false, Reason.CONNECTION_LOST),
        argumentSet("F35: hung up after the dot", "END", "hang up", false, Reason.CONNECTION_LOST));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void anAnswerMeans(String command, String answer, boolean forGood, Reason reason) {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll().on(command, answer));

    Outcome outcome = rig.send(anAttempt().at(server));

    String message =
        forGood
            ? permanent(outcome, reason).message()
            : transientFailure(outcome, reason).message();
    assertThat(message).doesNotContain("5.7.1", "4.2.1", " x", "hospital.com");
    assertThat(server.taken()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"250 ok", "251 will forward", "252 whatever"})
  void everyTwoHundredAfterTheDotIsDelivered(String answer) {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll().on("END", answer));

    assertThat(rig.send(anAttempt().at(server))).isInstanceOf(Outcome.Delivered.class);
  }

  @Test
  void aRefusedSenderIsTriedForOneRecipientOnly() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll().on("MAIL", "553 5.7.1 not yours"));

    Outcome outcome = rig.send(anAttempt().at(server).to(THREE));

    assertThat(permanent(outcome, Reason.SMTP_PERMANENT).message())
        .isEqualTo("127.0.0.1 refuses the mail for good, answering 553 to the sender");
    assertThat(server.commands()).filteredOn(line -> line.startsWith("MAIL")).hasSize(1);
  }

  @Test
  @DisplayName("F35: cut off after the dot: tried again under the same ids, not marked delivered")
  void f35AnAmbiguousEndIsTriedAgainUnderTheSameIds() {
    ScriptedSmtp server =
        rig.serve(ScriptedSmtp.takingAll().inTurn("END", ScriptedSmtp.HANG_UP, "250 ok"));

    Outcome.Transient first =
        transientFailure(rig.send(anAttempt().at(server)), Reason.CONNECTION_LOST);
    Outcome second = rig.send(anAttempt().at(server).done(first.doneParts()));

    assertThat(first.doneParts()).as("nobody knows whether it was taken").isEmpty();
    assertThat(second).isInstanceOf(Outcome.Delivered.class);
    assertThat(server.all()).hasSize(2);
    for (String header : List.of("Message-ID", "X-Delivery-Id")) {
      assertThat(server.all().get(0).header(header))
          .isNotEmpty()
          .isEqualTo(server.all().get(1).header(header));
    }
  }

  @Test
  void aLostConnectionKeepsThoseWhoHaveTheirMail() {
    ScriptedSmtp server =
        rig.serve(ScriptedSmtp.takingAll().inTurn("END", "250 ok", ScriptedSmtp.HANG_UP, "250 ok"));

    Outcome.Transient first =
        transientFailure(rig.send(anAttempt().at(server).to(THREE)), Reason.CONNECTION_LOST);
    Outcome second = rig.send(anAttempt().at(server).to(THREE).done(first.doneParts()));

    assertThat(first.doneParts()).hasSize(1);
    assertThat(first.message()).contains("1 of 3", "2 will be tried again");
    assertThat(second).isInstanceOf(Outcome.Delivered.class);
    assertThat(server.taken())
        .extracting(ScriptedSmtp.Received::recipient)
        .containsExactlyInAnyOrder(THREE);
  }

  @Test
  void theDeadlineKeepsThoseWhoHaveTheirMail() {
    ScriptedSmtp server =
        rig.serve(ScriptedSmtp.takingAll().inTurn("END", "250 ok", ScriptedSmtp.HANG));

    Outcome outcome = rig.send(anAttempt().at(server).to(THREE).timeout(Duration.ofMillis(900)));

    Outcome.Transient late = transientFailure(outcome, Reason.TIMEOUT);
    assertThat(late.doneParts()).hasSize(1);
    // Which of the two clocks strikes first is open: that of the reply or that of the attempt.
    assertThat(late.message()).startsWith("127.0.0.1 did not ").contains("(1 of 3");
  }

  @Test
  void closingKeepsThoseWhoHaveTheirMail() throws Exception {
    ScriptedSmtp server =
        rig.serve(ScriptedSmtp.takingAll().inTurn("END", "250 ok", ScriptedSmtp.HANG));
    var underWay = rig.start(anAttempt().at(server).to(THREE).timeout(Duration.ofMinutes(1)));
    Awaitility.await().until(() -> server.all().size() == 2);

    rig.channel().close();

    Outcome outcome = underWay.get(5, TimeUnit.SECONDS);
    assertThat(transientFailure(outcome, Reason.CONNECTION_LOST).doneParts()).hasSize(1);
  }

  @Test
  void nobodyIsLeftWhenTheConfigurationLostRecipients() {
    ScriptedSmtp server =
        rig.serve(
            ScriptedSmtp.takingAll().on("RCPT", line -> line.contains("b@") ? "451 x" : "250"));
    Outcome.Transient first =
        transientFailure(rig.send(anAttempt().at(server).to(THREE)), Reason.SMTP_TRANSIENT);

    Outcome second =
        rig.send(
            anAttempt().at(server).to("a@hospital.com", "c@hospital.com").done(first.doneParts()));

    assertThat(second).isInstanceOf(Outcome.Delivered.class);
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void marksShowNoAddressAndDifferFromTaskToTask() {
    ScriptedSmtp server =
        rig.serve(
            ScriptedSmtp.takingAll().on("RCPT", line -> line.contains("c@") ? "451 x" : "250"));

    Outcome.Transient outcome =
        transientFailure(rig.send(anAttempt().at(server).to(THREE)), Reason.SMTP_TRANSIENT);

    assertThat(outcome.doneParts()).hasSize(2).allMatch(mark -> mark.matches("[0-9a-f]{16}"));
    assertThat(outcome.toString()).doesNotContain("hospital.com");
  }

  @Test
  void logsInWithUserAndPassword() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());

    Outcome outcome = rig.send(anAttempt().at(server).logIn("audit", "pässword with blanks"));

    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    String auth =
        server.commands().stream().filter(line -> line.startsWith("AUTH")).findFirst().orElse("");
    assertThat(auth).startsWith("AUTH PLAIN ");
    assertThat(
            new String(
                Base64.getDecoder().decode(auth.substring(11)),
                java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("audit\0audit\0pässword with blanks");
  }

  @Test
  @DisplayName(
      "F33: 535: not tried again for five minutes, by nobody, until it is another password")
  void refusedCredentialsAreNotTriedAgainSoonButAtOnceAfterAnUpdate() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll().on("AUTH", "535 5.7.8 no"));

    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      outcomes.add(rig.send(anAttempt().at(server).logIn("audit", "wrong")));
    }

    assertThat(outcomes)
        .allSatisfy(outcome ->
            assertThat(transientFailure(outcome, Reason.CREDENTIALS_REFUSED).retryAfter())
                .hasValueSatisfying(pause ->
                    assertThat(pause).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5))));
    assertThat(server.connections()).isEqualTo(1);

    server.on("AUTH", "235 welcome");
    assertThat(rig.send(anAttempt().at(server).logIn("audit", "right").version(2)))
        .isInstanceOf(Outcome.Delivered.class);
  }

  /** A password that was right a moment ago, and all that is under way logs in with it. */
  @Test
  @DisplayName("F33: 535 after a password has expired: two of fifty log-ins find out, not fifty")
  void f33AnExpiredPasswordIsTriedByTwoAndNotByAllThatIsUnderWay() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    Attempts attempt = anAttempt().at(server).logIn("audit", "expires").timeout(PATIENCE);
    assertThat(rig.send(attempt)).isInstanceOf(Outcome.Delivered.class);
    server.on(
        "AUTH",
        line -> {
          // Until all are connected, so that none has been held back before.
          Awaitility.await().atMost(PATIENCE).until(() -> server.connections() == 51);
          return "535 5.7.8 expired";
        });

    List<CompletableFuture<Outcome>> underWay = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      underWay.add(rig.start(attempt));
    }

    assertThat(underWay)
        .allSatisfy(outcome ->
            transientFailure(outcome.get(60, TimeUnit.SECONDS), Reason.CREDENTIALS_REFUSED));
    assertThat(server.commands())
        .filteredOn(line -> line.startsWith("AUTH"))
        .as("the one that was right, and as many as log in at a time")
        .hasSizeBetween(2, 1 + LogIns.AT_A_TIME);
  }

  /** As many tasks as there are under way find out at once that the password has expired. */
  @Test
  @DisplayName("F33: 535 to the first log-in of fifty attempts: tried once")
  void credentialsThatNobodyHasProvenAreTriedByOneAttemptAtATime() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll().on("AUTH", "535 5.7.8 no"));

    List<CompletableFuture<Outcome>> underWay = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      underWay.add(rig.start(anAttempt().at(server).logIn("audit", "wrong")));
    }

    assertThat(underWay)
        .allSatisfy(outcome ->
            transientFailure(outcome.get(20, TimeUnit.SECONDS), Reason.CREDENTIALS_REFUSED));
    assertThat(server.commands()).filteredOn(line -> line.startsWith("AUTH")).hasSize(1);
  }

  /** Whoever waits for another's log-in goes on at once when that one comes to nothing. */
  @Test
  void aLogInThatBreaksOffIsTriedByTheNextAndOneThatSucceedsLetsAllIn() {
    ScriptedSmtp server =
        rig.serve(
            ScriptedSmtp.takingAll().inTurn("AUTH", ScriptedSmtp.HANG_UP, "454 later", "235 in"));

    List<CompletableFuture<Outcome>> underWay = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      underWay.add(rig.start(anAttempt().at(server).logIn("audit", "right")));
    }

    List<Outcome> outcomes =
        underWay.stream().map(outcome -> outcome.orTimeout(20, TimeUnit.SECONDS).join()).toList();
    assertThat(outcomes).filteredOn(Outcome.Delivered.class::isInstance).hasSize(18);
    assertThat(server.taken()).hasSize(18);
  }

  @ParameterizedTest
  @CsvSource({
    "AUTH, 454 4.7.0 later, SMTP_TRANSIENT",
    "AUTH, 535 5.7.8 no, CREDENTIALS_REFUSED",
    "AUTH, hang up, CONNECTION_LOST",
    "AUTH, nonsense, PROTOCOL_ERROR",
    "EHLO, 250 nothing else, CREDENTIALS_REFUSED",
    "EHLO, '250-x\r\n250 AUTH CRAM-MD5', CREDENTIALS_REFUSED",
  })
  void aFailedLogInSendsNoMail(String command, String answer, Reason reason) {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll().on(command, answer));

    Outcome outcome = rig.send(anAttempt().at(server).logIn("audit", "pass-word"));

    transientFailure(outcome, reason);
    assertThat(server.commands()).noneMatch(line -> line.startsWith("MAIL"));
  }

  @Test
  void aReferenceThatRepeatsACredentialIsDropped() {
    ScriptedSmtp server =
        rig.serve(ScriptedSmtp.takingAll().on("END", "250 queued as sesame-1234"));

    Outcome outcome = rig.send(anAttempt().at(server).logIn("audit", "sesame-1234"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Delivered.class,
            delivered -> assertThat(delivered.externalReference()).isEmpty());
  }

  @Test
  void aDotOnALineOfItsOwnEndsNothing() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());

    Outcome outcome = rig.send(anAttempt().at(server).body("one\n.\n..two\nthree"));

    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    assertThat(server.taken().getFirst().raw()).contains("one\r\n.\r\n..two\r\nthree");
    assertThat(server.commands()).noneMatch(line -> line.contains("two"));
  }

  private static Outcome.Permanent permanent(Outcome outcome, Reason reason) {
    assertThat(outcome).isInstanceOf(Outcome.Permanent.class);
    Outcome.Permanent permanent = (Outcome.Permanent) outcome;
    assertThat(permanent.reason()).isEqualTo(reason);
    return permanent;
  }

  private static Outcome.Transient transientFailure(Outcome outcome, Reason reason) {
    assertThat(outcome).isInstanceOf(Outcome.Transient.class);
    Outcome.Transient failed = (Outcome.Transient) outcome;
    assertThat(failed.reason()).as(failed.message()).isEqualTo(reason);
    return failed;
  }
}
