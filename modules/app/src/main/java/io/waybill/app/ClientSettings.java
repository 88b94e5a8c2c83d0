package io.waybill.app;

import io.waybill.wire.TopicCatalog;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The client settings that the promise depends on, over what the operator configured. */
final class ClientSettings {
  /** A whole record and what the batch adds around it. */
  private static final int MAX_REQUEST_BYTES = TopicCatalog.MAX_RECORD_BYTES + 1024 * 1024;

  private static final int COMMIT_INTERVAL_MILLIS = 25;

  private static final int BATCH_BYTES = 64 * 1024;

  /** A stream thread commits and punctuates between polls only. */
  private static final int POLL_MILLIS = 10;

  private ClientSettings() {}

  /** Settings of a client that asks brokers something now and then. */
  static Map<String, Object> admin(Map<String, String> kafka, String name) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put("client.id", "waybill." + name);
    return settings;
  }

  /** Settings of a client that asks brokers at a start, and does not wait for long. */
  static Map<String, Object> shortAdmin(Map<String, String> kafka) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put("default.api.timeout.ms", 10_000);
    // Kafka refuses a client whose single request may take longer than the whole call.
    settings.put("request.timeout.ms", 5_000);
    return settings;
  }

  /**
   * Settings of one Streams application. The operator's values win where the promise does not
   * depend on them.
   *
   * @param standbys how many other instances keep a copy of each store, as far as there are others
   * @param durability of the topics of stores
   */
  static Properties streams(
      String applicationId,
      Map<String, String> kafka,
      Path stateDirectory,
      String instance,
      int standbys,
      Durability durability) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbys);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, -1);
    // The commit interval is the time that a request waits in each stage, and a poll that waits
    // longer than the punctuators would make these late.
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL_MILLIS);
    settings.put(StreamsConfig.POLL_MS_CONFIG, POLL_MILLIS);
    // Sources are read as their records come: none waits for another to catch up.
    settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, -1L);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 10_000);
    producerDefault(settings, kafka, ProducerConfig.LINGER_MS_CONFIG, 5);
    // Kafka's 16 KiB are ten records; each full batch is a request that waits for no linger.
    producerDefault(settings, kafka, ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    // How long a killed process keeps its partitions from the others.
    settings.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10_000);
    settings.putAll(kafka);
    settings.putAll(atLeast(durability, kafka));
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    settings.put(StreamsConfig.CLIENT_ID_CONFIG, applicationId + "-" + instance);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class.getName());
    settings.put(
        StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, AnyTimestamp.class.getName());
    settings.put(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_REQUEST_BYTES);
    settings.put(
        StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG),
        (long) MAX_REQUEST_BYTES * 4);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    Properties properties = new Properties();
    properties.putAll(settings);
    return properties;
  }

  /** To Streams a name with a prefix wins over one without, which is the operator's here. */
  private static void producerDefault(
      Map<String, Object> settings, Map<String, String> kafka, String name, int value) {
    if (!kafka.containsKey(name)) {
      settings.put(StreamsConfig.producerPrefix(name), value);
    }
  }

  /** What the operator says about the topics of stores, or what is promised where that is more. */
  private static Map<String, Object> atLeast(Durability durability, Map<String, String> kafka) {
    Map<String, Object> settings = new HashMap<>();
    if (number(kafka, StreamsConfig.REPLICATION_FACTOR_CONFIG) < durability.replicas()
        && durability.clean()) {
      settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, durability.replicas());
    }
    durability
        .settings()
        .forEach((name, value) -> {
          String key = StreamsConfig.topicPrefix(name);
          boolean isEnough =
              name.equals(Durability.MIN_IN_SYNC) && number(kafka, key) >= durability.inSync();
          if (!isEnough) {
            settings.put(key, value);
          }
        });
    return settings;
  }

  private static int number(Map<String, String> settings, String key) {
    try {
      return Integer.parseInt(settings.getOrDefault(key, "-1"));
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
