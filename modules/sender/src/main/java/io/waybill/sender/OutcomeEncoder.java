package io.waybill.sender;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationType;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.TraceParent;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.Topics;
import io.waybill.wire.TraceHeaders;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Turns settlements into Kafka records. Safe to share between threads; blocks none once {@link
 * #prepare} has succeeded.
 */
final class OutcomeEncoder {
  private final Codecs codecs;
  private final String retryTopic;
  private volatile boolean prepared;

  OutcomeEncoder(Codecs codecs, DestinationType type) {
    this.codecs = codecs;
    this.retryTopic = Topics.retry(type);
  }

  /**
   * Asks the schema registry for all that encoding will need: an outcome must never wait for it,
   * because its send has already happened.
   *
   * @throws io.waybill.wire.RegistryException when it does not tell; may be called again
   */
  void prepare() {
    codecs.events().prepare(Topics.EVENTS);
    codecs.parkedTasks().prepare(retryTopic);
    codecs.deadLetters().prepare(Topics.DEAD_LETTERS);
    codecs.commands().prepare(Topics.COMMANDS);
    codecs.destinationCommands().prepare(Topics.DESTINATION_COMMANDS);
    prepared = true;
  }

  /** Whether {@link #prepare} has succeeded. */
  boolean isPrepared() {
    return prepared;
  }

  /**
   * The records of a settlement.
   *
   * @param trace what comes of it hangs there; the task itself, where it goes on, stays where it is
   */
  Settled encode(Settlement settlement, Instant now, Optional<TraceParent> trace) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(2);
    for (TaskEvent event : settlement.events()) {
      records.add(record(Topics.EVENTS, event.deliveryId(), codecs.events(), event, now, trace));
    }
    if (settlement.parked().isPresent()) {
      ParkedTask parked = settlement.parked().get();
      records.add(
          record(
              retryTopic, parked.task().destinationId(), codecs.parkedTasks(), parked, now, trace));
    }
    if (settlement.deadLetter().isPresent()) {
      DeadLetter letter = settlement.deadLetter().get();
      records.add(
          record(
              Topics.DEAD_LETTERS,
              DeadLetters.keyOf(letter),
              codecs.deadLetters(),
              letter,
              now,
              trace));
    }
    if (settlement.command().isPresent()) {
      DeliveryCommand command = settlement.command().get();
      records.add(
          record(Topics.COMMANDS, command.deliveryId(), codecs.commands(), command, now, trace));
    }
    if (settlement.destinationCommand().isPresent()) {
      DestinationCommand command = settlement.destinationCommand().get();
      records.add(
          record(
              Topics.DESTINATION_COMMANDS,
              command.organizationId(),
              codecs.destinationCommands(),
              command,
              now,
              trace));
    }
    return new Settled(
        records, records.stream().mapToLong(r -> r.value().length).sum(), TaskEnd.of(settlement));
  }

  private static <T> ProducerRecord<byte[], byte[]> record(
      String topic,
      Object key,
      Codec<? super T> codec,
      T value,
      Instant now,
      Optional<TraceParent> trace) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic, null, now.toEpochMilli(), RecordKeys.bytes(key), codec.encode(topic, value));
    TraceHeaders.write(record.headers(), trace);
    return record;
  }
}
