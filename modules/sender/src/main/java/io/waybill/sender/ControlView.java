package io.waybill.sender;

import io.waybill.domain.Control;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Task;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancelled deliveries, and what is paused. Written by its follower, read by any thread. A record
 * that cannot be read keeps the last good value.
 *
 * <p>Asked before each attempt: a look-up in each map by a key that the task has already, so
 * nothing is allocated for what is neither cancelled nor paused.
 */
final class ControlView {
  static final List<String> TOPICS = List.of(Topics.CONTROL);
  private static final Logger LOG = LoggerFactory.getLogger(ControlView.class);

  private final Codecs codecs;
  private final Map<DeliveryId, Control.DeliveryCancelled> cancelled = new ConcurrentHashMap<>();
  private final Map<DestinationId, Control.Paused> destinations = new ConcurrentHashMap<>();
  private final Map<OrganizationId, Control.Paused> organizations = new ConcurrentHashMap<>();
  private final Map<DestinationType, Control.Paused> types = new ConcurrentHashMap<>();

  ControlView(Codecs codecs) {
    this.codecs = codecs;
  }

  /** The generation up to which the delivery is cancelled. */
  OptionalInt cancelledUpTo(DeliveryId id) {
    Control.@Nullable DeliveryCancelled found = cancelled.isEmpty() ? null : cancelled.get(id);
    return found == null ? OptionalInt.empty() : OptionalInt.of(found.generation());
  }

  /** Since when the task's type, organization or destination is paused, if one of them is. */
  Optional<Instant> pausedSince(Task task) {
    Control.@Nullable Paused found = types.isEmpty() ? null : types.get(task.destinationType());
    if (found == null && !organizations.isEmpty()) {
      found = organizations.get(task.organizationId());
    }
    if (found == null && !destinations.isEmpty()) {
      found = destinations.get(task.destinationId());
    }
    return found == null ? Optional.empty() : Optional.of(found.since());
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
      lift(key.get());
      return;
    }
    try {
      Control control = codecs.controls().decode(value);
      if (!control.key().equals(key.get())) {
        // Its tombstone would come under the other key, and never lift it.
        alarm(record, "the record's key is not that of its value");
        return;
      }
      put(control);
    } catch (UndecodableException e) {
      // Costs a cancellation or a pause: what it was about is sent. No outcome is lost by it.
      alarm(record, String.valueOf(e.getMessage()));
    }
  }

  private void put(Control control) {
    switch (control) {
      case Control.DeliveryCancelled one -> cancelled.put(one.deliveryId(), one);
      case Control.DestinationPaused one -> destinations.put(one.destinationId(), one);
      case Control.OrganizationPaused one -> organizations.put(one.organizationId(), one);
      case Control.TypePaused one -> types.put(one.type(), one);
    }
  }

  private void lift(String key) {
    after(Control.DELIVERY_PREFIX, key).flatMap(DeliveryId::parse).ifPresent(cancelled::remove);
    after(Control.DESTINATION_PREFIX, key)
        .flatMap(DestinationId::parse)
        .ifPresent(destinations::remove);
    after(Control.ORGANIZATION_PREFIX, key)
        .flatMap(OrganizationId::parse)
        .ifPresent(organizations::remove);
    after(Control.TYPE_PREFIX, key).flatMap(DestinationType::parse).ifPresent(types::remove);
  }

  private static Optional<String> after(String prefix, String key) {
    return key.startsWith(prefix) ? Optional.of(key.substring(prefix.length())) : Optional.empty();
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
