package io.waybill.sender;

import static io.waybill.sender.TestTasks.HOOK;
import static io.waybill.sender.TestTasks.NOW;
import static io.waybill.sender.TestTasks.ORIGIN;
import static io.waybill.sender.TestTasks.aTask;
import static io.waybill.sender.TestTasks.destination;
import static io.waybill.sender.TestTasks.withFallback;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryCommand.Failed;
import io.waybill.domain.DeliveryCommand.Overdue;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition.DeadLettered;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Outcome;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RetryPolicy;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class FallbackRequestsTest {
  private static final DestinationId BACKUP = new DestinationId("backup");
  private static final RetryPolicy TWO_RETRIES =
      new RetryPolicy(3, Duration.ofSeconds(10), 2, Duration.ofMinutes(1), 0, Duration.ofHours(24));

  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());
  private final DestinationView view = new DestinationView(codecs);
  private final FallbackRequests fallbacks = new FallbackRequests(view, DestinationType.WEBHOOK);
  private final Settlements settlements = new Settlements(new SplittableRandom(1));

  private void known(Destination... destinations) {
    for (Destination one : destinations) {
      view.accept(
          new ConsumerRecord<>(
              Topics.DESTINATIONS,
              0,
              0,
              one.id().value().getBytes(UTF_8),
              codecs.destinations().encode(Topics.DESTINATIONS, one)));
    }
  }

  private static Destination hook(Optional<Duration> after, String... fallbacks) {
    return withFallback(
        destination(HOOK, 1, 2),
        new Fallback(Stream.of(fallbacks).map(DestinationId::new).toList(), after));
  }

  private static Destination backup(long version) {
    return destination(BACKUP, version, 2);
  }

  private Settlement after(Task task, Outcome outcome) {
    Settlement settlement =
        settlements.ofAttempt(task, whole(task), ORIGIN, outcome, TWO_RETRIES, NOW);
    return fallbacks.complete(task, settlement, NOW);
  }

  private static Task whole(Task task) {
    return task.withPayload(new TaskPayload.Inline(RawJson.of("{\"n\":1}")));
  }

  private static Outcome answered400() {
    return new Outcome.Permanent(Reason.HTTP_PERMANENT, "answered 400", Duration.ZERO);
  }

  private static Outcome answered503() {
    return new Outcome.Transient(
        Reason.HTTP_TRANSIENT, "answered 503", Optional.empty(), Duration.ZERO);
  }

  private static DeliveryCommand.Fallback asked(Settlement settlement) {
    return (DeliveryCommand.Fallback) settlement.command().orElseThrow().action();
  }

  @Test
  void asksWhenTheTaskIsADeadLetterAndSaysSoInItsEvent() {
    known(hook(Optional.empty(), "backup"), backup(4));
    TaskPayload large = new TaskPayload.Reference(ORIGIN, "0".repeat(64), 9);
    Task task = aTask().payload(large).build();

    Settlement settlement = after(task, answered400());

    DeliveryCommand command = settlement.command().orElseThrow();
    assertThat(command.deliveryId()).isEqualTo(task.deliveryId());
    assertThat(command.organizationId()).isEqualTo(task.organizationId());
    assertThat(command.actor()).isEqualTo("waybill.sender.webhook");
    assertThat(command.action())
        .isEqualTo(
            new DeliveryCommand.Fallback(
                task.withAttempts(1),
                List.of(new FallbackTarget(BACKUP, DestinationType.WEBHOOK, 4)),
                new Failed(Reason.HTTP_PERMANENT, "answered 400")));
    assertThat(settlement.events())
        .extracting(TaskEvent::transition)
        .last()
        .isEqualTo(new DeadLettered(Reason.HTTP_PERMANENT, "answered 400", true));
    assertThat(settlement.events()).hasSize(2);
    assertThat(settlement.deadLetter().orElseThrow().task()).contains(whole(task).withAttempts(1));
  }

  @Test
  void leavesOutWhoCannotStandIn() {
    DestinationId[] ids =
        Stream.of("foreign", "disabled", "deleted")
            .map(DestinationId::new)
            .toArray(DestinationId[]::new);
    Destination foreign = destination(ids[0], 1, 0);
    known(
        hook(Optional.empty(), "hook", "unknown", "foreign", "disabled", "deleted", "backup"),
        new Destination(
            foreign.id(),
            new OrganizationId("other"),
            foreign.label(),
            foreign.description(),
            foreign.config(),
            Fallback.none(),
            false,
            true,
            false,
            1,
            NOW,
            NOW),
        destination(ids[1], 1, Optional.empty(), false, false),
        destination(ids[2], 1, Optional.empty(), true, true),
        backup(1));

    assertThat(asked(after(aTask().build(), answered400())).targets())
        .extracting(FallbackTarget::destinationId)
        .containsExactly(BACKUP);
  }

  @Test
  void asksNobodyWithoutNeedOrWithoutAnybody() {
    Task task = aTask().build();
    known(hook(Optional.empty(), "unknown"));
    Settlement alone = after(task, answered400());
    assertThat(alone.command()).isEmpty();
    assertThat(alone.events())
        .extracting(TaskEvent::transition)
        .last()
        .isEqualTo(new DeadLettered(Reason.HTTP_PERMANENT, "answered 400", false));

    known(hook(Optional.empty(), "backup"), backup(1));
    assertThat(after(task, answered503()).command()).isEmpty();
    assertThat(after(task, new Outcome.Delivered("200", Optional.empty(), Duration.ZERO)).command())
        .isEmpty();
    for (Reason ended : List.of(Reason.CANCELLED, Reason.EXPIRED, Reason.DESTINATION_DELETED)) {
      assertThat(fallbacks.complete(task, settlements.cancelled(task, ended, NOW), NOW).command())
          .isEmpty();
    }
    for (Reason unreadable : List.of(Reason.PAYLOAD_MISSING, Reason.PAYLOAD_KEY_DESTROYED)) {
      Settlement gone = settlements.buried(task, ORIGIN, unreadable, "gone", NOW);
      assertThat(fallbacks.complete(task, gone, NOW)).isEqualTo(gone);
    }
  }

  @Test
  void aFallbacksFailureIsAlwaysTold() {
    known(destination(HOOK, 1, 2));

    Settlement settlement =
        after(aTask().fallbackOf(new DestinationId("primary")).build(), answered400());

    assertThat(asked(settlement).targets()).isEmpty();
    assertThat(settlement.events())
        .extracting(TaskEvent::transition)
        .last()
        .isInstanceOfSatisfying(
            DeadLettered.class, dead -> assertThat(dead.fallbackAsked()).isTrue());
  }

  @Test
  void asksNobodyBecauseOfAPause() {
    known(hook(Optional.of(Duration.ofSeconds(15)), "backup"), backup(1));
    Task old = aTask().firstDueAt(NOW.minusSeconds(60)).build();

    Settlement paused = settlements.paused(old, NOW.plusSeconds(5), NOW);

    assertThat(fallbacks.complete(old, paused, NOW)).isEqualTo(paused);
  }

  @Test
  void asksOnceWhenTheTaskWillWaitForLongerThanItsDestinationWants() {
    known(hook(Optional.of(Duration.ofSeconds(15)), "backup"), backup(1));
    Task task = aTask().build();
    // The second attempt is due in 10 s.
    assertThat(after(task, answered503()).command()).isEmpty();

    Task old = aTask().firstDueAt(NOW.minusSeconds(10)).build();
    Settlement settlement = after(old, answered503());

    DeliveryCommand.Fallback asked = asked(settlement);
    assertThat(asked.cause()).isEqualTo(new Overdue(NOW.plusSeconds(5)));
    assertThat(asked.task()).isEqualTo(old.withAttempts(1));
    ParkedTask parked = settlement.parked().orElseThrow();
    assertThat(parked.task()).isEqualTo(old.withAttempts(1).withFallbackAsked());
    Settlement again = after(parked.task(), answered503());
    assertThat(again.command()).isEmpty();
    assertThat(again.parked().orElseThrow().task().fallbackAsked()).isTrue();
    assertThat(parked.task().replayed(1, NOW).fallbackAsked()).isFalse();
    // When it fails for good, it is asked all the same: the status knows what became of the first.
    assertThat(asked(after(parked.task(), answered400())).cause()).isInstanceOf(Failed.class);
  }

  @Test
  void asksForWhatWaitsForItsOwner() {
    known(hook(Optional.of(Duration.ofSeconds(15)), "backup"), backup(1));
    Task task = aTask().firstDueAt(NOW.minusSeconds(12)).build();

    Settlement settlement =
        fallbacks.complete(
            task,
            settlements.parked(task, Reason.DESTINATION_DISABLED, NOW.plusSeconds(5), NOW),
            NOW);

    assertThat(asked(settlement).cause()).isEqualTo(new Overdue(NOW.plusSeconds(3)));
  }
}
