package io.waybill.fanout;

import io.waybill.domain.RawBytes;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.TopicNameExtractor;

/**
 * Where an outgoing record goes. Serves as its key inside the topology, because sinks choose topic
 * and partition by the key; only {@link #key} is written.
 *
 * @param partition empty to let Kafka choose by the key
 */
record Address(String topic, Optional<RawBytes> key, OptionalInt partition) {
  static final Serializer<Address> KEY =
      (topic, address) -> address.key().map(RawBytes::bytes).orElse(null);

  static final TopicNameExtractor<Address, byte[]> TOPIC =
      (address, value, record) -> address.topic();

  static final StreamPartitioner<Address, byte[]> PARTITION =
      (topic, address, value, partitions) ->
          address.partition().isPresent()
              ? Optional.of(Set.of(address.partition().getAsInt()))
              : Optional.empty();

  static Address of(String topic, String key) {
    return new Address(
        topic,
        Optional.of(new RawBytes(key.getBytes(StandardCharsets.UTF_8))),
        OptionalInt.empty());
  }
}
