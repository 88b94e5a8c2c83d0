package io.waybill.status;

import static io.waybill.status.Sample.cancelled;
import static io.waybill.status.Sample.dead;
import static io.waybill.status.Sample.delivered;
import static io.waybill.status.Sample.failed;
import static io.waybill.status.Sample.failedForGood;
import static io.waybill.status.Sample.parked;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DeliveryReducerTest {
  private static final Sample SAMPLE = new Sample();

  /** What events, after the acceptance of a and b, leave of destination a and of the whole. */
  private record Case(
      String label,
      List<DeliveryEvent> events,
      DestinationState state,
      int generation,
      int attempts,
      Optional<Reason> reason,
      OverallState overall) {
    @Override
    public String toString() {
      return label;
    }
  }

  private static Case of(
      String label,
      DestinationState state,
      int generation,
      int attempts,
      Reason reason,
      OverallState overall,
      DeliveryEvent... events) {
    return new Case(
        label, List.of(events), state, generation, attempts, Optional.ofNullable(reason), overall);
  }

  private static DeliveryEvent a(
      int generation, int attempt, DeliveryEvent.TaskTransition transition) {
    return SAMPLE.event("a", generation, attempt, transition);
  }

  private static DeliveryEvent b(
      int generation, int attempt, DeliveryEvent.TaskTransition transition) {
    return SAMPLE.event("b", generation, attempt, transition);
  }

  private static Stream<Case> cases() {
    return Stream.of(
        of("nothing yet", DestinationState.PENDING, 0, 0, null, OverallState.QUEUED),
        of(
            "delivered, the other open",
            DestinationState.DELIVERED,
            0,
            1,
            null,
            OverallState.PROCESSING,
            a(0, 1, delivered())),
        of(
            "both delivered",
            DestinationState.DELIVERED,
            0,
            1,
            null,
            OverallState.COMPLETED,
            a(0, 1, delivered()),
            b(0, 1, delivered())),
        of(
            "one delivered, one dead",
            DestinationState.FAILED,
            0,
            1,
            Reason.HTTP_PERMANENT,
            OverallState.PARTIAL,
            a(0, 1, failedForGood()),
            a(0, 1, dead(Reason.HTTP_PERMANENT)),
            b(0, 1, delivered())),
        of(
            "both dead",
            DestinationState.FAILED,
            0,
            1,
            Reason.GONE,
            OverallState.FAILED,
            a(0, 1, dead(Reason.GONE)),
            b(0, 1, dead(Reason.EXPIRED))),
        of(
            "both expired",
            DestinationState.FAILED,
            0,
            0,
            Reason.EXPIRED,
            OverallState.EXPIRED,
            a(0, 0, dead(Reason.EXPIRED)),
            b(0, 0, dead(Reason.EXPIRED))),
        of(
            "both cancelled",
            DestinationState.CANCELLED,
            0,
            0,
            Reason.CANCELLED,
            OverallState.CANCELLED,
            a(0, 0, cancelled(Reason.CANCELLED)),
            b(0, 0, cancelled(Reason.DESTINATION_DELETED))),
        of(
            "one cancelled, one dead",
            DestinationState.CANCELLED,
            0,
            0,
            Reason.CANCELLED,
            OverallState.FAILED,
            a(0, 0, cancelled(Reason.CANCELLED)),
            b(0, 0, dead(Reason.GONE))),
        of(
            "one cancelled, one delivered",
            DestinationState.CANCELLED,
            0,
            0,
            Reason.CANCELLED,
            OverallState.PARTIAL,
            a(0, 0, cancelled(Reason.CANCELLED)),
            b(0, 1, delivered())),
        of(
            "attempt failed, next is due",
            DestinationState.RETRYING,
            0,
            1,
            Reason.HTTP_TRANSIENT,
            OverallState.PROCESSING,
            a(0, 1, failed())),
        of(
            "attempt failed, no next, the end not said yet",
            DestinationState.RETRYING,
            0,
            1,
            Reason.HTTP_PERMANENT,
            OverallState.PROCESSING,
            a(0, 1, failedForGood())),
        of(
            "parked without an attempt",
            DestinationState.PARKED,
            0,
            0,
            Reason.BREAKER_OPEN,
            OverallState.QUEUED,
            a(0, 0, parked(Reason.BREAKER_OPEN))),
        of(
            "parked keeps the attempts",
            DestinationState.PARKED,
            0,
            2,
            Reason.OVERFLOW,
            OverallState.PROCESSING,
            a(0, 1, failed()),
            a(0, 2, failed()),
            a(0, 2, parked(Reason.OVERFLOW))),
        of(
            "parked for a plain retry keeps the last error",
            DestinationState.PARKED,
            0,
            1,
            Reason.HTTP_TRANSIENT,
            OverallState.PROCESSING,
            a(0, 1, failed()),
            a(0, 1, parked(Reason.RETRY))),
        of(
            "the same attempt again",
            DestinationState.RETRYING,
            0,
            1,
            Reason.HTTP_TRANSIENT,
            OverallState.PROCESSING,
            a(0, 1, failed()),
            a(0, 1, failed())),
        of(
            "an attempt's end after the park that followed it",
            DestinationState.PARKED,
            0,
            1,
            Reason.OVERFLOW,
            OverallState.PROCESSING,
            a(0, 1, parked(Reason.OVERFLOW)),
            a(0, 1, failed())),
        of(
            "an earlier attempt comes late",
            DestinationState.RETRYING,
            0,
            3,
            Reason.HTTP_TRANSIENT,
            OverallState.PROCESSING,
            a(0, 3, failed()),
            a(0, 2, parked(Reason.OVERFLOW)),
            a(0, 1, failed())),
        of(
            "an earlier dead letter of a copy comes late",
            DestinationState.RETRYING,
            0,
            3,
            Reason.HTTP_TRANSIENT,
            OverallState.PROCESSING,
            a(0, 3, failed()),
            a(0, 2, dead(Reason.MAX_AGE))),
        of(
            "delivered by an earlier attempt after all",
            DestinationState.DELIVERED,
            0,
            3,
            null,
            OverallState.PROCESSING,
            a(0, 3, failed()),
            a(0, 2, delivered())),
        of(
            "nothing goes back from delivered",
            DestinationState.DELIVERED,
            0,
            1,
            null,
            OverallState.PROCESSING,
            a(0, 1, delivered()),
            a(0, 2, failed()),
            a(0, 2, dead(Reason.GONE)),
            a(0, 3, parked(Reason.OVERFLOW)),
            a(0, 3, cancelled(Reason.CANCELLED))),
        of(
            "delivered overrides dead",
            DestinationState.DELIVERED,
            0,
            2,
            null,
            OverallState.PROCESSING,
            a(0, 2, dead(Reason.ATTEMPTS_EXHAUSTED)),
            a(0, 2, delivered())),
        of(
            "delivered overrides cancelled",
            DestinationState.DELIVERED,
            0,
            1,
            null,
            OverallState.PROCESSING,
            a(0, 0, cancelled(Reason.CANCELLED)),
            a(0, 1, delivered())),
        of(
            "nothing else overrides cancelled",
            DestinationState.CANCELLED,
            0,
            0,
            Reason.CANCELLED,
            OverallState.PROCESSING,
            a(0, 0, cancelled(Reason.CANCELLED)),
            a(0, 1, failed()),
            a(0, 1, dead(Reason.GONE)),
            a(0, 1, parked(Reason.OVERFLOW))),
        of(
            "a new generation begins anew",
            DestinationState.RETRYING,
            1,
            1,
            Reason.HTTP_TRANSIENT,
            OverallState.PROCESSING,
            a(0, 9, dead(Reason.ATTEMPTS_EXHAUSTED)),
            a(1, 1, failed())),
        of(
            "an older generation says nothing more, not even delivered",
            DestinationState.RETRYING,
            1,
            1,
            Reason.HTTP_TRANSIENT,
            OverallState.PROCESSING,
            a(1, 1, failed()),
            a(0, 9, delivered()),
            a(0, 10, dead(Reason.GONE))));
  }

  @DisplayName("row 71: adds up task events")
  @ParameterizedTest
  @MethodSource("cases")
  void addsUpTaskEvents(Case expected) {
    List<DeliveryEvent> events = new ArrayList<>(List.of(SAMPLE.accepted("a", "b")));
    events.addAll(expected.events());

    DeliveryStatus status = reduceAll(events).orElseThrow();

    DestinationStatus first = status.destinations().getFirst();
    assertThat(first.state()).isEqualTo(expected.state());
    assertThat(first.generation()).isEqualTo(expected.generation());
    assertThat(first.attempts()).isEqualTo(expected.attempts());
    assertThat(first.reason()).isEqualTo(expected.reason());
    assertThat(status.state()).isEqualTo(expected.overall());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyEventTwiceIsOnce(Case expected) {
    List<DeliveryEvent> events = new ArrayList<>(List.of(SAMPLE.accepted("a", "b")));
    events.addAll(expected.events());
    List<DeliveryEvent> doubled = events.stream().flatMap(e -> Stream.of(e, e)).toList();

    assertThat(reduceAll(doubled)).isEqualTo(reduceAll(events));
  }

  @Test
  void endsTheSameInWhateverOrderAttemptsAndTheirEndCome() {
    List<DeliveryEvent> events =
        new ArrayList<>(
            List.of(
                a(0, 1, failed()),
                a(0, 2, failed()),
                a(0, 3, parked(Reason.OVERFLOW)),
                a(0, 4, delivered()),
                b(0, 1, failed()),
                b(0, 2, delivered())));
    for (int seed = 0; seed < 200; seed++) {
      Collections.shuffle(events, new Random(seed));
      List<DeliveryEvent> all = new ArrayList<>(List.of(SAMPLE.accepted("a", "b")));
      all.addAll(events);

      DeliveryStatus status = reduceAll(all).orElseThrow();

      assertThat(status.state()).isEqualTo(OverallState.COMPLETED);
      assertThat(status.destinations()).extracting(DestinationStatus::attempts).contains(4, 2);
    }
  }

  @Test
  void deliveredSaysWhenAndUnderWhichReference() {
    DeliveryEvent event = a(0, 1, delivered());

    DestinationStatus first =
        reduceAll(List.of(SAMPLE.accepted("a"), event)).orElseThrow().destinations().getFirst();

    assertThat(first.deliveredAt()).contains(event.occurredAt());
    assertThat(first.externalReference()).contains("ref-1");
    assertThat(first.nextAttemptAt()).isEmpty();
  }

  @Test
  void unknownDeliveriesAndTasksAreToldApart() {
    assertThat(DeliveryReducer.reduce(a(0, 1, delivered()), Optional.empty()))
        .isEqualTo(new Reduction.UnknownDelivery());
    assertThat(
            DeliveryReducer.reduce(b(0, 1, delivered()), reduceAll(List.of(SAMPLE.accepted("a")))))
        .isEqualTo(new Reduction.UnknownTask());
  }

  static Optional<DeliveryStatus> reduceAll(List<? extends DeliveryEvent> events) {
    Optional<DeliveryStatus> status = Optional.empty();
    for (DeliveryEvent event : events) {
      if (DeliveryReducer.reduce(event, status) instanceof Reduction.Changed changed) {
        status = Optional.of(changed.status());
      }
    }
    return status;
  }
}
