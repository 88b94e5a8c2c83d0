package io.waybill.sender;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest known version of every destination and of its sealed credentials. Written by its
 * follower, read by any thread. A record that cannot be read keeps the last good value.
 */
final class DestinationView {
  static final List<String> TOPICS = List.of(Topics.DESTINATIONS, Topics.DESTINATION_SECRETS);
  private static final Logger LOG = LoggerFactory.getLogger(DestinationView.class);

  private final Codecs codecs;
  private final Map<DestinationId, Destination> destinations = new ConcurrentHashMap<>();
  private final Map<DestinationId, DestinationSecrets> secrets = new ConcurrentHashMap<>();

  DestinationView(Codecs codecs) {
    this.codecs = codecs;
  }

  Optional<Destination> destination(DestinationId id) {
    return Optional.ofNullable(destinations.get(id));
  }

  Optional<DestinationSecrets> secrets(DestinationId id) {
    return Optional.ofNullable(secrets.get(id));
  }

  /** Takes one record of either topic. */
  void accept(ConsumerRecord<byte[], byte[]> record) {
    Optional<DestinationId> key = RecordKeys.text(record.key()).flatMap(DestinationId::parse);
    if (key.isEmpty()) {
      alarm(record, "the key is not a destination id");
      return;
    }
    boolean isSecrets = record.topic().equals(Topics.DESTINATION_SECRETS);
    byte[] value = record.value();
    if (value == null) {
      (isSecrets ? secrets : destinations).remove(key.get());
      return;
    }
    try {
      if (isSecrets) {
        secrets.put(key.get(), codecs.destinationSecrets().decode(value));
      } else {
        destinations.put(key.get(), codecs.destinations().decode(value));
      }
    } catch (UndecodableException e) {
      // Loses nothing: what is meant for a newer version waits for it, at no attempt.
      alarm(record, String.valueOf(e.getMessage()));
    }
  }

  private static void alarm(ConsumerRecord<byte[], byte[]> record, String problem) {
    LOG.atError()
        .addKeyValue("topic", record.topic())
        .addKeyValue("partition", record.partition())
        .addKeyValue("offset", record.offset())
        .addKeyValue("problem", problem)
        .log("destination record cannot be read, the last good one stays in force");
  }
}
