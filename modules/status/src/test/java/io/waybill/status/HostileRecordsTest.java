package io.waybill.status;

import static io.waybill.status.Sample.ACME;
import static io.waybill.status.Sample.START;
import static io.waybill.status.Sample.cancelled;
import static io.waybill.status.Sample.dead;
import static io.waybill.status.Sample.delivered;
import static io.waybill.status.Sample.failed;
import static io.waybill.status.Sample.parked;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.ControlCommand;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.HealthSignal;
import io.waybill.domain.OverallState;
import io.waybill.domain.PauseScope;
import io.waybill.domain.Reason;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.HostileRecords;
import io.waybill.wire.HostileRecords.Hostile;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Numbers, times and words that no writer of ours writes: whoever writes them ends nothing. */
class HostileRecordsTest {
  private static final Sample DELIVERY = new Sample();

  private static StatusDriver withADelivery() {
    StatusDriver status = new StatusDriver();
    status.event(DELIVERY.accepted("a", "b"));
    status.event(DELIVERY.event("b", 0, 1, dead(Reason.GONE)));
    return status;
  }

  private static <T> void assertNoneBreaks(
      String topic, String key, Function<Codecs, Codec<T>> codec, List<T> good) {
    List<Hostile> records =
        good.stream().flatMap(value -> HostileRecords.of(codec, value).stream()).toList();

    List<String> broken =
        HostileRecords.breaking(
            records,
            HostileRecordsTest::withADelivery,
            (status, record) -> {
              status.pipe(topic, key, record.value(status.registry));
              status.advance(Duration.ofMinutes(2));
              // A new delivery goes its way all the same.
              Sample next = new Sample();
              status.event(next.accepted("a"));
              status.event(next.event("a", 0, 1, delivered()));
              assertThat(status.status().state()).isEqualTo(OverallState.COMPLETED);
            });

    assertThat(broken).isEmpty();
    assertThat(records).hasSizeGreaterThan(20);
  }

  @DisplayName("row 64: no event ends it")
  @Test
  void noEventDoes() {
    assertNoneBreaks(
        Topics.EVENTS,
        DELIVERY.id.toString(),
        Codecs::events,
        Stream.<DeliveryEvent>of(
                DELIVERY.event("a", 0, 1, delivered()),
                DELIVERY.event("a", 0, 1, failed()),
                DELIVERY.event("a", 0, 1, parked(Reason.RETRY)),
                DELIVERY.event("a", 0, 1, dead(Reason.GONE)),
                DELIVERY.event("a", 0, 1, cancelled(Reason.CANCELLED)))
            .toList());
  }

  @Test
  void noAcceptanceDoes() {
    Sample another = new Sample();
    assertNoneBreaks(
        Topics.EVENTS,
        another.id.toString(),
        Codecs::events,
        List.of(
            another.accepted(Optional.of(START), List.of(), "a"),
            another.rejected(Reason.MALFORMED, START),
            another.duplicateOf(DELIVERY.id, START)));
  }

  @Test
  void noAttemptInItsOwnTopicDoes() {
    assertNoneBreaks(
        Topics.STATUS_ATTEMPTS,
        "a",
        Codecs::events,
        List.of(DELIVERY.event("a", 0, 1, delivered()), DELIVERY.event("a", 0, 1, failed())));
  }

  @Test
  void noCommandDoes() {
    assertNoneBreaks(
        Topics.COMMANDS,
        DELIVERY.id.toString(),
        Codecs::commands,
        List.of(
            DELIVERY.command(new DeliveryCommand.Cancel()),
            DELIVERY.command(new DeliveryCommand.Retry(Set.of(new DestinationId("b")))),
            DELIVERY.command(new DeliveryCommand.Replay(DELIVERY.task("b", 0, Sample.DATA))),
            DELIVERY.fallback("b", 0, "c"),
            DELIVERY.overdue("a", START, "c")));
  }

  @Test
  void noPauseDoes() {
    PauseScope scope = new PauseScope.OfOrganization(ACME);
    assertNoneBreaks(
        Topics.CONTROL_COMMANDS,
        scope.key(),
        Codecs::controlCommands,
        List.of(
            new ControlCommand(
                UUID.randomUUID(),
                ACME,
                scope,
                "ann",
                START,
                new ControlCommand.Pause(Optional.of("maintenance"))),
            new ControlCommand(
                UUID.randomUUID(), ACME, scope, "ann", START, new ControlCommand.Resume())));
  }

  @Test
  void noSignalDoes() {
    DestinationId a = new DestinationId("a");
    assertNoneBreaks(
        Topics.STATUS_SIGNALS,
        "a",
        Codecs::healthSignals,
        List.of(
            new HealthSignal.Backlog(a, ACME, DestinationType.WEBHOOK, 0, 7, START),
            new HealthSignal.Configured(a, ACME, "A", 1, true, false, Optional.empty(), START)));
  }

  @Test
  void noDestinationDoes() {
    assertNoneBreaks(
        Topics.DESTINATIONS, "siem", Codecs::destinations, HostileRecords.goodDestinations());
  }
}
