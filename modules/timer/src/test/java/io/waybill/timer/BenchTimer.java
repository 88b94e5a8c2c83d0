package io.waybill.timer;

import io.waybill.domain.DestinationType;
import io.waybill.testkit.TestTopics;
import io.waybill.wire.Codecs;
import io.waybill.wire.TopicCatalog;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;

/** The timer as the app runs it: the settings are those of its {@code ClientSettings}. */
final class BenchTimer implements AutoCloseable {
  private static final Set<DestinationType> TYPES = Set.of(DestinationType.WEBHOOK);

  private final KafkaStreams streams;
  private final Admin admin;

  BenchTimer(String bootstrapServers, Path state, Codecs codecs, int threads) {
    this(
        bootstrapServers,
        state,
        codecs,
        Map.of(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Integer.toString(threads)));
  }

  /**
   * @param more settings that win over the app's
   */
  BenchTimer(String bootstrapServers, Path state, Codecs codecs, Map<String, String> more) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, TimerTopology.APPLICATION_ID);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, 1);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 25);
    settings.put(StreamsConfig.POLL_MS_CONFIG, 10);
    settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, -1L);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BenchRocksDb.class.getName());
    int largest = TopicCatalog.MAX_RECORD_BYTES + 1024 * 1024;
    settings.put(StreamsConfig.producerPrefix("transaction.timeout.ms"), 10_000);
    settings.put(StreamsConfig.producerPrefix("linger.ms"), 5);
    settings.put(StreamsConfig.producerPrefix("max.request.size"), largest);
    settings.put(StreamsConfig.producerPrefix("buffer.memory"), (long) largest * 4);
    settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    settings.put(StreamsConfig.mainConsumerPrefix("session.timeout.ms"), 10_000);
    settings.putAll(more);
    streams =
        new KafkaStreams(
            new TimerTopology(TYPES, codecs, TimerConfig.defaults()).build(), settings);
    streams.start();
    admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  static void createTopics(String bootstrapServers, int partitions) {
    TopicCatalog.topics(partitions, TYPES)
        .forEach(topic ->
            TestTopics.create(bootstrapServers, topic.name(), topic.partitions(), topic.configs()));
  }

  boolean isRunning() {
    return streams.state() == KafkaStreams.State.RUNNING;
  }

  void awaitRunning() {
    while (!isRunning()) {
      TimerBench.pause(Duration.ofMillis(10));
    }
  }

  /** How many records of a topic it has taken and committed. */
  long taken(String topic) {
    return taken(admin, topic);
  }

  static long taken(Admin admin, String topic) {
    try {
      return admin
          .listConsumerGroupOffsets(TimerTopology.APPLICATION_ID)
          .partitionsToOffsetAndMetadata()
          .get()
          .entrySet()
          .stream()
          .filter(entry -> entry.getKey().topic().equals(topic))
          .mapToLong(entry -> entry.getValue().offset())
          .sum();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("the timer's offsets cannot be read", e);
    }
  }

  /** The longest that a thread was at one thing in the last minute, in milliseconds. */
  String longest() {
    return Stream.of("punctuate", "process", "poll", "commit")
        .map(what -> "%s %.0f ms".formatted(what, longest(what + "-latency-max")))
        .collect(Collectors.joining(", "));
  }

  private double longest(String name) {
    return streams.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals(name))
        .filter(metric -> metric.metricName().group().equals("stream-thread-metrics"))
        .mapToDouble(metric -> (Double) metric.metricValue())
        .max()
        .orElse(Double.NaN);
  }

  /** Processor time that the timer's threads have used, in microseconds. */
  long cpuMicros() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().contains("-StreamThread-"))
            .mapToLong(thread -> threads.getThreadCpuTime(thread.threadId()))
            .sum()
        / 1_000;
  }

  @Override
  public void close() {
    streams.close(
        CloseOptions.timeout(Duration.ofSeconds(30))
            .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    admin.close();
  }
}
