package io.waybill.app;

import static io.waybill.app.Tenant.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.testkit.MailSink;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever has a mail gets it once, whatever a mail server says about the others. */
class MailsIT {
  private static final String DATA = "{\"totalEvents\":1,\"failedLogins\":2,\"dataAccess\":3}";
  private static final String A = "a@hospital.com";
  private static final String B = "b@hospital.com";
  private static final String C = "c@hospital.com";

  private final Tenant hospital = Tenant.newOne();
  private final MailSink server = MailSink.start();

  @AfterEach
  void closeServer() {
    server.close();
  }

  static Stream<Arguments> anotherLife() {
    return Stream.of(
        argumentSet(
            "dead letter replayed",
            (Function<DeadLetter, DeliveryCommand.Action>)
                letter -> new DeliveryCommand.Replay(letter.task().orElseThrow())),
        argumentSet(
            "delivery retried",
            (Function<DeadLetter, DeliveryCommand.Action>)
                letter -> new DeliveryCommand.Retry(Set.of())));
  }

  @ParameterizedTest(name = "F34: {0}")
  @MethodSource("anotherLife")
  void aReplayGoesToTheOneWhoWasRefused(Function<DeadLetter, DeliveryCommand.Action> command) {
    AtomicBoolean known = new AtomicBoolean();
    server.on(
        "RCPT",
        line -> line.contains(B) && !known.get() ? "550 5.1.1 no such user" : "250 2.1.5 Ok");
    DestinationId email = hospital.email(server.port(), A, B, C);
    DeliveryId id = hospital.deliver(DATA, "{}", email);

    DestinationStatus refused = part(hospital.await(id, OverallState.FAILED), email);
    assertThat(refused.reason()).contains(Reason.SMTP_PERMANENT);
    assertThat(refused.message().orElseThrow())
        .contains("for 1 of 3 recipients", "550")
        .doesNotContain("@");
    assertThat(refused.doneParts()).as("who needs no further try").hasSize(3);
    DeadLetter letter = hospital.deadLetter(id);
    assertThat(letter.reason()).isEqualTo(Reason.SMTP_PERMANENT);
    assertThat(server.taken()).extracting(MailSink.Offered::recipient).containsExactly(A, C);

    known.set(true);
    hospital.command(id, command.apply(letter));

    DestinationStatus delivered = part(hospital.await(id, OverallState.COMPLETED), email);
    assertThat(delivered.generation()).isEqualTo(1);
    assertThat(server.askedFor()).containsExactly(A, B, C, B);
    assertThat(server.taken()).extracting(MailSink.Offered::recipient).containsExactly(A, C, B);
  }

  @Test
  void aReplayThatIsRefusedAgainStillLeavesTheOthersAlone() {
    server.on("RCPT", line -> line.contains(B) ? "550 5.1.1 no such user" : "250 2.1.5 Ok");
    DestinationId email = hospital.email(server.port(), A, B, C);
    DeliveryId id = hospital.deliver(DATA, "{}", email);
    hospital.await(id, OverallState.FAILED);

    for (int generation = 1; generation <= 2; generation++) {
      int next = generation;
      hospital.command(id, new DeliveryCommand.Retry(Set.of()));
      hospital.await(
          id,
          status ->
              part(status, email).generation() == next
                  && part(status, email).state() == DestinationState.FAILED);
    }

    assertThat(server.askedFor()).containsExactly(A, B, C, B, B);
    assertThat(server.taken()).extracting(MailSink.Offered::recipient).containsExactly(A, C);
  }

  @Test
  @DisplayName("F32: greylisted mails arrive once, under their first id")
  void greylistedMailsArriveOnceUnderTheirFirstId() {
    AtomicBoolean seenA = new AtomicBoolean();
    AtomicBoolean seenB = new AtomicBoolean();
    server.on(
        "RCPT",
        line ->
            line.contains(A) && !seenA.getAndSet(true)
                ? "451 4.7.1 greylisted, come back later"
                : "250 2.1.5 Ok");
    server.on(
        "END",
        raw ->
            raw.contains("To: " + B) && !seenB.getAndSet(true)
                ? "451 4.7.1 greylisted, come back later"
                : "250 2.0.0 Ok: queued as 4F1A2B3C");
    DestinationId email = hospital.email(server.port(), A, B, C);

    DeliveryId id = hospital.deliver(DATA, "{}", email);

    DeliveryStatus status = hospital.await(id, OverallState.COMPLETED);
    assertThat(part(status, email).attempts()).isEqualTo(2);
    assertThat(server.askedFor()).containsExactly(A, B, C, A, B);
    assertThat(server.taken())
        .extracting(MailSink.Offered::recipient)
        .containsExactlyInAnyOrder(A, B, C);
    List<MailSink.Offered> toB =
        server.offered().stream().filter(it -> it.recipient().equals(B)).toList();
    assertThat(toB).extracting(MailSink.Offered::taken).containsExactly(false, true);
    assertThat(toB.get(0).header("Message-ID")).isNotEmpty();
    assertThat(toB.get(1).header("Message-ID")).isEqualTo(toB.get(0).header("Message-ID"));
  }

  /** The account of a mailbox whose password has expired must not be locked by what waits. */
  @Test
  @DisplayName("F33: 535 to thirty deliveries: one log-in, all wait, none is lost")
  void f33RefusedCredentialsAreTriedOnceAndAllTasksWait() {
    server.on("AUTH", "535 5.7.8 authentication failed");
    String auth = ", \"auth\": {\"user\": \"audit\", \"pass\": \"expired-0123\"}";
    DestinationId email = hospital.email(server.port(), 10_000, auth, List.of(A));
    List<DeliveryId> ids = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      ids.add(hospital.deliver(DATA, "{}", email));
    }

    long refused = 0;
    for (DeliveryId id : ids) {
      DestinationStatus waiting =
          part(
              hospital.await(id, status -> part(status, email).nextAttemptAt().isPresent()), email);
      assertThat(waiting.reason())
          .hasValueSatisfying(
              reason -> assertThat(reason).isIn(Reason.CREDENTIALS_REFUSED, Reason.BREAKER_OPEN));
      refused += waiting.attempts();
    }

    assertThat(server.commands()).filteredOn(line -> line.startsWith("AUTH")).hasSize(1);
    assertThat(server.offered()).isEmpty();
    assertThat(refused).as("what was under way when it was refused").isBetween(1L, 30L);
    DeliveryId later = hospital.deliver(DATA, "{}", email);
    DestinationStatus parked =
        part(
            hospital.await(later, status -> part(status, email).nextAttemptAt().isPresent()),
            email);
    assertThat(parked.reason()).contains(Reason.BREAKER_OPEN);
    assertThat(parked.attempts()).isZero();
    assertThat(parked.nextAttemptAt().orElseThrow())
        .isAfter(Instant.now().plus(Duration.ofMinutes(3)));
    assertThat(server.commands()).filteredOn(line -> line.startsWith("AUTH")).hasSize(1);

    ids.add(later);
    ids.forEach(id -> hospital.command(id, new DeliveryCommand.Cancel()));
    ids.forEach(id -> hospital.await(id, OverallState.CANCELLED));
  }
}
