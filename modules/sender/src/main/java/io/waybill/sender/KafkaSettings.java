package io.waybill.sender;

import io.waybill.domain.DestinationType;
import io.waybill.wire.TopicCatalog;
import java.util.HashMap;
import java.util.Map;

/** Properties of the sender's Kafka clients: the user's, then what the promises rest on. */
final class KafkaSettings {
  /** A record of the largest size with its batch around it. */
  private static final int LARGEST_REQUEST = TopicCatalog.MAX_RECORD_BYTES + 512 * 1024;

  private static final String BYTES_DESERIALIZER =
      "org.apache.kafka.common.serialization.ByteArrayDeserializer";
  private static final String BYTES_SERIALIZER =
      "org.apache.kafka.common.serialization.ByteArraySerializer";

  private KafkaSettings() {}

  /** Reads tasks as a member of the type's group. */
  static Map<String, Object> tasks(SenderConfig config) {
    Map<String, Object> settings = reader(config, "tasks");
    settings.put("group.id", SenderConfig.groupId(config.type()));
    settings.put("group.protocol", "consumer");
    // Sibling partitions of tasks and express must belong to one process.
    settings.put("group.remote.assignor", "range");
    settings.put("auto.offset.reset", "earliest");
    settings.put("max.poll.records", config.limits().pollRecords());
    // One fetch is under way to a broker. While all that it asks for is empty (express partitions,
    // mostly), nothing else comes from that broker: so it must not wait for the usual 500 ms.
    settings.put("fetch.max.wait.ms", 50);
    // A paused partition's records keep their whole fetch in memory: rather more and smaller ones.
    settings.put("fetch.max.bytes", 4 * 1024 * 1024);
    settings.put("max.partition.fetch.bytes", 512 * 1024);
    return settings;
  }

  /** Reads topics by assignment, as a member of no group. */
  static Map<String, Object> follower(SenderConfig config, String name) {
    Map<String, Object> settings = reader(config, name);
    settings.put("auto.offset.reset", "earliest");
    settings.put("default.api.timeout.ms", 10_000);
    return settings;
  }

  /** Reads single records by their offset; one that is gone must not become another one. */
  static Map<String, Object> singleRecords(SenderConfig config) {
    Map<String, Object> settings = reader(config, "payloads");
    settings.put("auto.offset.reset", "none");
    settings.put("max.poll.records", 1);
    // The broker gives at least one whole record, whatever its size; more would be thrown away.
    settings.put("max.partition.fetch.bytes", 64 * 1024);
    settings.put("default.api.timeout.ms", 5_000);
    return settings;
  }

  /** Asks for the group's commits; what is slow is asked for again. */
  static Map<String, Object> groupOffsets(SenderConfig config) {
    Map<String, Object> settings = new HashMap<>(config.kafka());
    settings.put("client.id", clientId(config.instanceId(), config.type().word() + ".offsets"));
    return settings;
  }

  /** Writes outcomes and offsets. */
  static Map<String, Object> outcomes(SenderConfig config) {
    DestinationType type = config.type();
    Map<String, Object> settings = new HashMap<>(config.kafka());
    settings.put("client.id", clientId(config.instanceId(), type.word() + ".outcomes"));
    settings.put("key.serializer", BYTES_SERIALIZER);
    settings.put("value.serializer", BYTES_SERIALIZER);
    settings.put("transactional.id", SenderConfig.transactionalId(type, config.instanceId()));
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("transaction.timeout.ms", 10_000);
    // All within the transaction's time-out: what is later than that is aborted anyway.
    settings.put("delivery.timeout.ms", 9_000);
    settings.put("request.timeout.ms", 4_000);
    settings.put("max.block.ms", 9_000);
    settings.put("linger.ms", 0);
    settings.put("max.request.size", LARGEST_REQUEST);
    settings.put("buffer.memory", 4L * LARGEST_REQUEST);
    settings.putIfAbsent("compression.type", "lz4");
    return settings;
  }

  private static Map<String, Object> reader(SenderConfig config, String name) {
    Map<String, Object> settings = new HashMap<>(config.kafka());
    // With the type: a process runs several, and two clients of one id share quotas and metrics.
    settings.put("client.id", clientId(config.instanceId(), config.type().word() + "." + name));
    settings.put("key.deserializer", BYTES_DESERIALIZER);
    settings.put("value.deserializer", BYTES_DESERIALIZER);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("allow.auto.create.topics", false);
    settings.put("fetch.max.bytes", 16 * 1024 * 1024);
    settings.put("max.partition.fetch.bytes", 1024 * 1024);
    return settings;
  }

  private static String clientId(String instanceId, String name) {
    return "waybill.sender." + instanceId + "." + name;
  }
}
