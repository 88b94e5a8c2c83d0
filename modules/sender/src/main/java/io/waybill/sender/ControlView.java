package io.waybill.sender;

import io.waybill.domain.Control;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancelled deliveries and paused destinations. Written by its follower, read by any thread. A
 * record that cannot be read keeps the last good value.
 */
final class ControlView {
  static final List<String> TOPICS = List.of(Topics.CONTROL);
  private static final Logger LOG = LoggerFactory.getLogger(ControlView.class);

  private final Codecs codecs;
  private final Map<String, Control> controls = new ConcurrentHashMap<>();

  ControlView(Codecs codecs) {
    this.codecs = codecs;
  }

  /** The generation up to which the delivery is cancelled. */
  OptionalInt cancelledUpTo(DeliveryId id) {
    // Mostly there is none, and no key need be made to find that out for each attempt.
    return !controls.isEmpty()
            && controls.get(Control.DeliveryCancelled.keyOf(id))
                instanceof Control.DeliveryCancelled c
        ? OptionalInt.of(c.generation())
        : OptionalInt.empty();
  }

  /** Since when the destination is paused, if it is. */
  Optional<Instant> pausedSince(DestinationId id) {
    return !controls.isEmpty()
            && controls.get(Control.DestinationPaused.keyOf(id))
                instanceof Control.DestinationPaused p
        ? Optional.of(p.since())
        : Optional.empty();
  }

  /** Takes one record of the control topic. */
  void accept(ConsumerRecord<byte[], byte[]> record) {
    Optional<String> key = RecordKeys.text(record.key());
    byte[] value = record.value();
    if (key.isEmpty()) {
      alarm(record, "the record has no key");
      return;
    }
    if (value == null) {
      controls.remove(key.get());
      return;
    }
    try {
      controls.put(key.get(), codecs.controls().decode(value));
    } catch (UndecodableException e) {
      // Costs a cancellation or a pause: what it was about is sent. No outcome is lost by it.
      alarm(record, String.valueOf(e.getMessage()));
    }
  }

  private static void alarm(ConsumerRecord<byte[], byte[]> record, String problem) {
    LOG.atError()
        .addKeyValue("topic", record.topic())
        .addKeyValue("partition", record.partition())
        .addKeyValue("offset", record.offset())
        .addKeyValue("problem", problem)
        .log("control record cannot be read, the last good one stays in force");
  }
}
