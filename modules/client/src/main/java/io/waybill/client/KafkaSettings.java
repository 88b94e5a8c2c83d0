package io.waybill.client;

import io.waybill.wire.TopicCatalog;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Settings of the Kafka clients: the caller's, and those that the promises depend on. */
final class KafkaSettings {
  private static final int FETCH_WAIT_MILLIS = 50;

  /** A payload and what stands around it, twice: the next one is written while one is sent. */
  private static final long BUFFER_BYTES = 64L * 1024 * 1024;

  private KafkaSettings() {}

  /** For the producer. What the caller says holds, except where a request could be lost by it. */
  static Map<String, Object> producer(Map<String, String> own) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, TopicCatalog.MAX_RECORD_BYTES);
    settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, "waybill.client");
    settings.putAll(own);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    return settings;
  }

  /** For the reader: no group, nothing committed, committed records only. */
  static Map<String, Object> consumer(Map<String, String> own) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, "waybill.client");
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    settings.putAll(own);
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return settings;
  }
}
