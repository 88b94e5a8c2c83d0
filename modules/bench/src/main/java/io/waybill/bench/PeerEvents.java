package io.waybill.bench;

import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.TaskId;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The event that the sender writes for each delivery, byte for byte as long, for a record that is a
 * payload and nothing else: its ids come from where the record stands. Safe to share between
 * threads.
 */
final class PeerEvents {
  private final OrganizationId organization;
  private final Codecs codecs;

  /** Asks the registry for the schema, so that no send waits for it. */
  PeerEvents(OrganizationId organization, Codecs codecs) {
    this.organization = organization;
    this.codecs = codecs;
    codecs.events().prepare(Topics.EVENTS);
  }

  /** For a record whose payload its destination has taken. */
  ProducerRecord<String, byte[]> delivered(ConsumerRecord<String, byte[]> record, long tookNanos) {
    UUID id = new UUID(record.partition(), record.offset());
    DeliveryId delivery = new DeliveryId(id);
    String text = delivery.toString();
    Instant now = Instant.now();
    TaskEvent event =
        new TaskEvent(
            delivery,
            organization,
            now,
            // No hash as the sender's, which has it from fan-out.
            new TaskId(text.replace("-", "")),
            new DestinationId(record.key()),
            Traffic.TYPE,
            0,
            1,
            new TaskTransition.Delivered("200", Optional.empty(), Duration.ofNanos(tookNanos)));
    return new ProducerRecord<>(
        Topics.EVENTS,
        null,
        now.toEpochMilli(),
        text,
        codecs.events().encode(Topics.EVENTS, event));
  }
}
