package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReplayStandingTest {
  private static final DeliveryId ID = DeliveryId.random();
  private static final OrganizationId ACME = new OrganizationId("acme");
  private static final DestinationId SPARE = new DestinationId("spare");

  private static DestinationStatus entry(
      String name,
      DestinationState state,
      int generation,
      String deliveredBy,
      String... inPlaceOf) {
    return new DestinationStatus(
        name,
        Optional.of(DestinationType.WEBHOOK),
        Optional.of(TaskId.of(ACME, ID, new DestinationId(name))),
        state,
        generation,
        1,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Stream.of(inPlaceOf).map(DestinationId::new).toList(),
        Optional.of(deliveredBy).filter(by -> !by.isEmpty()).map(DestinationId::new),
        List.of(),
        List.of());
  }

  private static ReplayStanding replay(String dead, DestinationStatus... entries) {
    return of(dead, Optional.empty(), entries);
  }

  private static ReplayStanding reroute(String dead, DestinationStatus... entries) {
    return of(dead, Optional.of(SPARE), entries);
  }

  /** Of a dead letter of generation 1. */
  private static ReplayStanding of(
      String dead, Optional<DestinationId> target, DestinationStatus... entries) {
    DeliveryStatus before = Samples.status(ID, OverallState.FAILED, 0);
    DeliveryStatus status =
        new DeliveryStatus(
            ID,
            ACME,
            OverallState.FAILED,
            before.summary(),
            List.of(entries),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            RawJson.EMPTY_OBJECT.sha256(),
            Optional.empty(),
            Instant.EPOCH);
    var candidate =
        new Replay.Candidate(
            new TopicPartition("waybill.dead-letters", 0),
            1,
            TaskId.of(ACME, ID, new DestinationId(dead)),
            ID,
            ACME,
            dead,
            1,
            Reason.MAX_AGE);
    return ReplayStanding.of(status, candidate, target);
  }

  @Test
  void aTaskLiesDeadUntilItHasALaterLife() {
    DestinationStatus dead = entry("a", DestinationState.FAILED, 1, "");

    assertThat(replay("a", dead)).isEqualTo(ReplayStanding.DEAD);
    assertThat(replay("a", entry("a", DestinationState.PENDING, 2, "")))
        .isEqualTo(ReplayStanding.REPLAYED);
    assertThat(replay("a", entry("a", DestinationState.FAILED, 2, "")))
        .as("and died again")
        .isEqualTo(ReplayStanding.REPLAYED);
    assertThat(replay("b", dead)).isEqualTo(ReplayStanding.UNKNOWN);
  }

  @Test
  void whatSomebodyElseHasOrIsBeingSentNeedsNoReplay() {
    assertThat(
            replay(
                "a",
                entry("a", DestinationState.FAILED, 1, "b"),
                entry("b", DestinationState.DELIVERED, 2, "", "a")))
        .isEqualTo(ReplayStanding.STOOD_IN);
    assertThat(
            replay(
                "a",
                entry("a", DestinationState.FAILED, 1, ""),
                entry("b", DestinationState.RETRYING, 2, "", "a")))
        .isEqualTo(ReplayStanding.STOOD_IN);
    assertThat(
            replay(
                "a",
                entry("a", DestinationState.FAILED, 1, ""),
                entry("b", DestinationState.FAILED, 2, "", "a")))
        .isEqualTo(ReplayStanding.DEAD);
  }

  @Test
  void aDeadFallbackStandsForThoseWhosePlaceItTook() {
    DestinationStatus fallback = entry("b", DestinationState.FAILED, 1, "", "a");

    assertThat(replay("b", entry("a", DestinationState.FAILED, 0, ""), fallback))
        .isEqualTo(ReplayStanding.DEAD);
    assertThat(
            replay(
                "b",
                entry("a", DestinationState.FAILED, 0, "c"),
                fallback,
                entry("c", DestinationState.DELIVERED, 2, "", "a")))
        .isEqualTo(ReplayStanding.STOOD_IN);
    assertThat(
            reroute(
                "b",
                entry("a", DestinationState.FAILED, 0, ""),
                fallback,
                entry("spare", DestinationState.PENDING, 2, "", "a")))
        .isEqualTo(ReplayStanding.REROUTED);
  }

  /** As the status role decides. */
  @Test
  void aDestinationThatStandsInForSomeOfThoseInNeedIsAskedAgain() {
    DestinationStatus[] entries = {
      entry("a", DestinationState.FAILED, 0, ""),
      entry("c", DestinationState.FAILED, 0, ""),
      entry("b", DestinationState.FAILED, 1, "", "a", "c"),
      entry("spare", DestinationState.DELIVERED, 0, "", "a")
    };

    assertThat(reroute("b", entries)).isEqualTo(ReplayStanding.DEAD);
    entries[0] = entry("a", DestinationState.FAILED, 0, "spare");
    entries[1] = entry("c", DestinationState.FAILED, 0, "spare");
    entries[3] = entry("spare", DestinationState.DELIVERED, 0, "", "a", "c");
    assertThat(reroute("b", entries)).isEqualTo(ReplayStanding.REROUTED);
  }

  @Test
  void aTaskIsReroutedOnceAndNotToWhomTheRequestNames() {
    DestinationStatus dead = entry("a", DestinationState.FAILED, 1, "");

    assertThat(reroute("a", dead)).isEqualTo(ReplayStanding.DEAD);
    assertThat(reroute("a", dead, entry("spare", DestinationState.RETRYING, 2, "", "a")))
        .isEqualTo(ReplayStanding.REROUTED);
    assertThat(reroute("a", dead, entry("spare", DestinationState.FAILED, 2, "", "a")))
        .as("and failed there too")
        .isEqualTo(ReplayStanding.STAND_IN_FAILED);
    assertThat(reroute("a", dead, entry("spare", DestinationState.DELIVERED, 0, "", "x")))
        .as("stands in for another one only")
        .isEqualTo(ReplayStanding.DEAD);
    assertThat(reroute("a", dead, entry("spare", DestinationState.DELIVERED, 0, "")))
        .isEqualTo(ReplayStanding.NAMED_BY_REQUEST);
  }
}
