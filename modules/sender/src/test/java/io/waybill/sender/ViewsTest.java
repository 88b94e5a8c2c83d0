package io.waybill.sender;

import static io.waybill.sender.TestTasks.HOOK;
import static io.waybill.sender.TestTasks.NOW;
import static io.waybill.sender.TestTasks.aTask;
import static io.waybill.sender.TestTasks.destination;
import static io.waybill.sender.TestTasks.secrets;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.BreakerTrace;
import io.waybill.domain.Control;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Task;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ViewsTest {
  private static final byte[] POISON = {1, 2, 3};
  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());
  private final DestinationView destinations = new DestinationView(codecs);
  private final ControlView controls = new ControlView(codecs);
  private final HealthView healths = new HealthView(codecs, DestinationType.WEBHOOK, destinations);

  private static ConsumerRecord<byte[], byte[]> record(
      String topic, String key, byte @Nullable [] value) {
    return new ConsumerRecord<>(topic, 0, 0, key.getBytes(UTF_8), value);
  }

  private void destinationRecord(byte @Nullable [] value) {
    destinations.accept(record(Topics.DESTINATIONS, "hook", value));
  }

  private void secretsRecord(byte @Nullable [] value) {
    destinations.accept(record(Topics.DESTINATION_SECRETS, "hook", value));
  }

  @Test
  void holdsTheNewestAndForgetsByTombstone() {
    destinationRecord(codecs.destinations().encode("t", destination(HOOK, 1, 0)));
    destinationRecord(codecs.destinations().encode("t", destination(HOOK, 2, 0)));
    secretsRecord(codecs.destinationSecrets().encode("t", secrets(HOOK, 2)));
    assertThat(destinations.destination(HOOK)).contains(destination(HOOK, 2, 0));
    assertThat(destinations.secrets(HOOK)).contains(secrets(HOOK, 2));

    destinationRecord(null);
    assertThat(destinations.destination(HOOK)).isEmpty();
    assertThat(destinations.secrets(HOOK)).isPresent();
    secretsRecord(null);
    assertThat(destinations.secrets(HOOK)).isEmpty();
  }

  @Test
  void keepsTheLastGoodValueWhenARecordIsPoison() {
    destinationRecord(codecs.destinations().encode("t", destination(HOOK, 1, 0)));
    destinationRecord(POISON);
    destinations.accept(record(Topics.DESTINATIONS, "not an id!", POISON));
    destinations.accept(new ConsumerRecord<>(Topics.DESTINATIONS, 0, 0, null, POISON));
    assertThat(destinations.destination(HOOK)).contains(destination(HOOK, 1, 0));
  }

  @Test
  void knowsWhatIsCancelledAndPausedUntilItIsLifted() {
    DeliveryId delivery = DeliveryId.random();
    Control cancelled = new Control.DeliveryCancelled(delivery, 3, NOW);
    Control paused = new Control.DestinationPaused(HOOK, NOW);
    for (Control control : new Control[] {cancelled, paused}) {
      hear(control);
      controls.accept(record(Topics.CONTROL, control.key(), POISON));
    }
    assertThat(controls.cancelledUpTo(delivery)).hasValue(3);
    assertThat(controls.cancelledUpTo(DeliveryId.random())).isEmpty();
    assertThat(controls.pausedSince(aTask().build())).contains(NOW);

    controls.accept(record(Topics.CONTROL, cancelled.key(), null));
    controls.accept(record(Topics.CONTROL, paused.key(), null));
    assertThat(controls.cancelledUpTo(delivery)).isEmpty();
    assertThat(controls.pausedSince(aTask().build())).isEmpty();
  }

  @Test
  void aTaskIsPausedWithItsDestinationItsOrganizationOrItsType() {
    Task task = aTask().build();
    Optional<String> who = Optional.of("ops");
    for (Control.Paused mine :
        List.of(
            new Control.DestinationPaused(task.destinationId(), NOW, who, who),
            new Control.OrganizationPaused(task.organizationId(), NOW, who, who),
            new Control.TypePaused(task.destinationType(), NOW, who, who))) {
      hear(mine);
      assertThat(controls.pausedSince(task)).as(mine.key()).contains(NOW);
      controls.accept(record(Topics.CONTROL, mine.key(), null));
      assertThat(controls.pausedSince(task)).as("lifted " + mine.key()).isEmpty();
    }
    for (Control.Paused others :
        List.of(
            new Control.DestinationPaused(new DestinationId("other"), NOW, who, who),
            new Control.OrganizationPaused(new OrganizationId("other"), NOW, who, who),
            new Control.TypePaused(DestinationType.STORAGE, NOW, who, who))) {
      hear(others);
      assertThat(controls.pausedSince(task)).as(others.key()).isEmpty();
    }
  }

  @Test
  void aPauseUnderAnotherKeyIsRefusedBecauseNoTombstoneWouldLiftIt() {
    Control paused = new Control.DestinationPaused(HOOK, NOW);

    controls.accept(record(Topics.CONTROL, "type/webhook", codecs.controls().encode("t", paused)));

    assertThat(controls.pausedSince(aTask().build())).isEmpty();
  }

  private void hear(Control control) {
    controls.accept(record(Topics.CONTROL, control.key(), codecs.controls().encode("t", control)));
  }

  private static final DestinationId OTHER = new DestinationId("other");

  private void healthRecord(DestinationId id, DestinationType type, BreakerTrace trace) {
    DestinationHealth health =
        new DestinationHealth(
            id,
            TestTasks.ACME,
            type,
            DestinationHealth.Grade.HEALTHY,
            0,
            trace.failures(),
            trace.failures(),
            Optional.empty(),
            trace.lastFailureAt(),
            Optional.empty(),
            Optional.empty(),
            Duration.ZERO,
            NOW,
            trace);
    healths.accept(
        record(Topics.DESTINATION_HEALTH, id.value(), codecs.health().encode("t", health)));
  }

  private static BreakerTrace failedAt(Instant time) {
    return BreakerTrace.none().afterFailure(time);
  }

  @Test
  void recallsWhatWasLearntOfTheDestinationAsItIsNow() {
    destinationRecord(codecs.destinations().encode("t", destination(HOOK, 3, 0)));
    BreakerTrace trace = failedAt(NOW.plusSeconds(1));
    healthRecord(HOOK, DestinationType.WEBHOOK, trace);

    assertThat(healths.recall(HOOK)).contains(new BreakerMemory.Recalled(trace, 3));
    assertThat(healths.recall(OTHER)).isEmpty();

    healths.accept(record(Topics.DESTINATION_HEALTH, "hook", POISON));
    assertThat(healths.recall(HOOK)).isPresent();
    healths.accept(record(Topics.DESTINATION_HEALTH, "hook", null));
    assertThat(healths.recall(HOOK)).isEmpty();
  }

  @Test
  void recallsNothingFromBeforeTheOwnersLastChangeNorOfOtherTypesOrDestinationsThatAreGone() {
    healthRecord(HOOK, DestinationType.WEBHOOK, failedAt(NOW.plusSeconds(1)));
    assertThat(healths.recall(HOOK)).as("no such destination").isEmpty();

    // It was changed at NOW.
    destinationRecord(codecs.destinations().encode("t", destination(HOOK, 1, 0)));
    assertThat(healths.recall(HOOK)).isPresent();
    healthRecord(HOOK, DestinationType.WEBHOOK, failedAt(NOW.minusSeconds(1)));
    assertThat(healths.recall(HOOK)).isEmpty();

    healths.accept(record(Topics.DESTINATION_HEALTH, "hook", null));
    healthRecord(HOOK, DestinationType.EMAIL, failedAt(NOW.plusSeconds(1)));
    assertThat(healths.recall(HOOK)).isEmpty();
  }
}
