package io.waybill.sender;

import io.waybill.domain.BreakerTrace;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the status topology has added up of the attempts at each destination of one type. Written by
 * its follower, read by any thread. A record that cannot be read keeps the last good value.
 *
 * <p>It lags behind the senders by the time that an event takes through the status topology, some
 * hundred milliseconds, or as long as that topology stands still.
 */
final class HealthView implements BreakerMemory {
  static final List<String> TOPICS = List.of(Topics.DESTINATION_HEALTH);
  private static final Logger LOG = LoggerFactory.getLogger(HealthView.class);

  private final Codecs codecs;
  private final DestinationType type;
  private final DestinationView destinations;
  private final Map<DestinationId, BreakerTrace> traces = new ConcurrentHashMap<>();

  HealthView(Codecs codecs, DestinationType type, DestinationView destinations) {
    this.codecs = codecs;
    this.type = type;
    this.destinations = destinations;
  }

  @Override
  public Optional<Recalled> recall(DestinationId id) {
    BreakerTrace trace = traces.get(id);
    if (trace == null) {
      return Optional.empty();
    }
    Optional<Destination> destination = destinations.destination(id);
    if (destination.isEmpty() || isOlder(trace, destination.get().updatedAt())) {
      // The owner has changed it since, most often because it failed.
      return Optional.empty();
    }
    return Optional.of(new Recalled(trace, destination.get().version()));
  }

  private static boolean isOlder(BreakerTrace trace, Instant change) {
    return trace.newestAt().filter(newest -> newest.isAfter(change)).isEmpty();
  }

  /** Takes one record of the health topic. */
  void accept(ConsumerRecord<byte[], byte[]> record) {
    Optional<DestinationId> key = RecordKeys.text(record.key()).flatMap(DestinationId::parse);
    if (key.isEmpty()) {
      alarm(record, "the key is not a destination id");
      return;
    }
    byte[] value = record.value();
    if (value == null) {
      traces.remove(key.get());
      return;
    }
    try {
      DestinationHealth health = codecs.health().decode(value);
      if (health.type() == type) {
        traces.put(key.get(), health.breaker());
      }
    } catch (UndecodableException e) {
      // Costs some attempts: the breaker begins with what was known before.
      alarm(record, String.valueOf(e.getMessage()));
    }
  }

  private static void alarm(ConsumerRecord<byte[], byte[]> record, String problem) {
    LOG.atError()
        .addKeyValue("topic", record.topic())
        .addKeyValue("partition", record.partition())
        .addKeyValue("offset", record.offset())
        .addKeyValue("problem", problem)
        .log("health record cannot be read, the last good one stays in force");
  }
}
