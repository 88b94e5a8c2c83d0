package io.waybill.sender;

import static io.waybill.sender.TestTasks.HOOK;
import static io.waybill.sender.TestTasks.NOW;
import static io.waybill.sender.TestTasks.destination;
import static io.waybill.sender.TestTasks.secrets;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Control;
import io.waybill.domain.DeliveryId;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ViewsTest {
  private static final byte[] POISON = {1, 2, 3};
  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());
  private final DestinationView destinations = new DestinationView(codecs);
  private final ControlView controls = new ControlView(codecs);

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
      controls.accept(
          record(Topics.CONTROL, control.key(), codecs.controls().encode("t", control)));
      controls.accept(record(Topics.CONTROL, control.key(), POISON));
    }
    assertThat(controls.cancelledUpTo(delivery)).hasValue(3);
    assertThat(controls.cancelledUpTo(DeliveryId.random())).isEmpty();
    assertThat(controls.isPaused(HOOK)).isTrue();

    controls.accept(record(Topics.CONTROL, cancelled.key(), null));
    controls.accept(record(Topics.CONTROL, paused.key(), null));
    assertThat(controls.cancelledUpTo(delivery)).isEmpty();
    assertThat(controls.isPaused(HOOK)).isFalse();
  }
}
