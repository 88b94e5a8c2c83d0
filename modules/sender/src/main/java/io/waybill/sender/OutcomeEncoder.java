package io.waybill.sender;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationType;
import io.waybill.domain.ParkedTask;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

  Settled encode(Settlement settlement, Instant now) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(2);
    for (TaskEvent event : settlement.events()) {
      records.add(record(Topics.EVENTS, event.deliveryId(), codecs.events(), event, now));
    }
    if (settlement.parked().isPresent()) {
      ParkedTask parked = settlement.parked().get();
      records.add(
          record(retryTopic, parked.task().destinationId(), codecs.parkedTasks(), parked, now));
    }
    if (settlement.deadLetter().isPresent()) {
      DeadLetter letter = settlement.deadLetter().get();
      records.add(
          record(
              Topics.DEAD_LETTERS, DeadLetters.keyOf(letter), codecs.deadLetters(), letter, now));
    }
    if (settlement.command().isPresent()) {
      DeliveryCommand command = settlement.command().get();
      records.add(record(Topics.COMMANDS, command.deliveryId(), codecs.commands(), command, now));
    }
    if (settlement.destinationCommand().isPresent()) {
      DestinationCommand command = settlement.destinationCommand().get();
      records.add(
          record(
              Topics.DESTINATION_COMMANDS,
              command.organizationId(),
              codecs.destinationCommands(),
              command,
              now));
    }
    return new Settled(records, records.stream().mapToLong(r -> r.value().length).sum());
  }

  private static <T> ProducerRecord<byte[], byte[]> record(
      String topic, Object key, Codec<? super T> codec, T value, Instant now) {
    return new ProducerRecord<>(
        topic, null, now.toEpochMilli(), RecordKeys.bytes(key), codec.encode(topic, value));
  }
}
