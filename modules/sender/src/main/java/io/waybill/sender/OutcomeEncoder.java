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
import io.waybill.wire.RegistryException;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns settlements into Kafka records. Safe to share between threads. */
final class OutcomeEncoder {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomeEncoder.class);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Codecs codecs;
  private final String retryTopic;
  private volatile Optional<String> problem = Optional.empty();

  OutcomeEncoder(Codecs codecs, DestinationType type) {
    this.codecs = codecs;
    this.retryTopic = Topics.retry(type);
  }

  /**
   * Encodes, and waits as long as the schema registry does not help: an outcome is never given up,
   * because its send has already happened.
   */
  Settled encode(Settlement settlement, Instant now) throws InterruptedException {
    while (true) {
      try {
        Settled settled = tryEncode(settlement, now);
        problem = Optional.empty();
        return settled;
      } catch (RegistryException e) {
        problem = Optional.of("outcomes wait for the schema registry: " + e.getMessage());
        LOG.atWarn()
            .addKeyValue("problem", e.getMessage())
            .log("outcome waits for the schema registry");
        Thread.sleep(PAUSE);
      }
    }
  }

  /** What outcomes wait for at this moment, if so. */
  Optional<String> problem() {
    return problem;
  }

  private Settled tryEncode(Settlement settlement, Instant now) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
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
