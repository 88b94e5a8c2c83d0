package io.waybill.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A reader of committed records that notes how long it had to wait: a transaction that is left open
 * holds back everything that others write behind it. Reads in a thread of its own, and goes on when
 * brokers are gone for a while; what could not be read then counts as held back, too. A watch whose
 * thread has failed has seen nothing since, and answers nothing any more but that.
 */
public final class StallWatch implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(1);

  private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);

  /** Shorter ones are how transactions work, and are not told. */
  private static final Duration TOLD_FROM = Duration.ofSeconds(1);

  private final String bootstrapServers;
  private final List<String> topics;
  private final Consumer<Stall> listener;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;
  private volatile Duration longest = Duration.ZERO;
  private volatile @Nullable Throwable failure;
  private final AtomicLong records = new AtomicLong();

  /** A partition held records that could not be read, from then to then. */
  public record Stall(String topic, int partition, Instant from, Instant to) {
    public Duration lasted() {
      return Duration.between(from, to);
    }
  }

  private StallWatch(String bootstrapServers, List<String> topics, Consumer<Stall> listener) {
    this.bootstrapServers = bootstrapServers;
    this.topics = topics;
    this.listener = listener;
    thread = Thread.ofPlatform().daemon().name("stall-watch").unstarted(this::watch);
  }

  /** Watches one topic from now on. */
  public static StallWatch of(String bootstrapServers, String topic) {
    return of(bootstrapServers, List.of(topic), _ -> {});
  }

  /**
   * Watches topics from now on.
   *
   * @param listener is told of each stall of a second and more when it is over; called by the
   *     watch's own thread
   */
  public static StallWatch of(
      String bootstrapServers, Collection<String> topics, Consumer<Stall> listener) {
    StallWatch watch = new StallWatch(bootstrapServers, List.copyOf(topics), listener);
    watch.thread.start();
    return watch;
  }

  /**
   * The longest time for which a partition held records that could not be read.
   *
   * @throws AssertionError when the watch has failed
   */
  public Duration longest() {
    requireWell();
    return longest;
  }

  /**
   * How many records it has read, so that a watch that saw nothing shows.
   *
   * @throws AssertionError when the watch has failed
   */
  public long records() {
    requireWell();
    return records.get();
  }

  private void requireWell() {
    Throwable present = failure;
    if (present != null) {
      throw new AssertionError("the watch over committed records has failed: " + present, present);
    }
  }

  private void watch() {
    try {
      follow();
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  private void follow() {
    try (KafkaConsumer<byte[], byte[]> committed = reader("read_committed");
        KafkaConsumer<byte[], byte[]> all = reader("read_uncommitted")) {
      List<TopicPartition> partitions = partitions(committed);
      committed.assign(partitions);
      committed.seekToBeginning(partitions);
      Map<TopicPartition, Place> places = new HashMap<>();
      while (stopping.getCount() > 0) {
        records.addAndGet(committed.poll(POLL).count());
        // Asked after the poll: what is written meanwhile counts as waiting for one turn at most.
        Map<TopicPartition, Long> ends = ends(all, partitions);
        Instant now = Instant.now();
        for (TopicPartition partition : partitions) {
          look(partition, places, positionOf(committed, partition), ends, now);
        }
      }
      Instant now = Instant.now();
      places.forEach((partition, place) -> end(partition, place, now));
    }
  }

  /** Where the reader stands, how far there are records, and since when it has not moved. */
  private record Place(long position, long end, Instant since) {
    boolean isHeldBack() {
      return position < end;
    }
  }

  private void look(
      TopicPartition partition,
      Map<TopicPartition, Place> places,
      long position,
      Map<TopicPartition, Long> ends,
      Instant now) {
    Place before = places.getOrDefault(partition, new Place(-1, 0, now));
    // When nobody says how far there are records, there are as many as before.
    long end = ends.getOrDefault(partition, before.end());
    boolean moved = position != before.position();
    if (moved || !before.isHeldBack()) {
      end(partition, before, now);
      places.put(partition, new Place(position, end, now));
      return;
    }
    Duration waited = Duration.between(before.since(), now);
    longest = waited.compareTo(longest) > 0 ? waited : longest;
    places.put(partition, new Place(position, end, before.since()));
  }

  private void end(TopicPartition partition, Place place, Instant now) {
    if (place.isHeldBack() && Duration.between(place.since(), now).compareTo(TOLD_FROM) >= 0) {
      listener.accept(new Stall(partition.topic(), partition.partition(), place.since(), now));
    }
  }

  private static Map<TopicPartition, Long> ends(
      KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
    try {
      return consumer.endOffsets(partitions, ANSWER_WITHIN);
    } catch (RetriableException e) {
      return Map.of(); // brokers are gone
    }
  }

  private static long positionOf(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
    try {
      return consumer.position(partition, ANSWER_WITHIN);
    } catch (RetriableException e) {
      return -1; // never known so far
    }
  }

  private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : topics) {
      consumer
          .partitionsFor(topic)
          .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    if (partitions.isEmpty()) {
      throw new IllegalStateException("there is nothing to watch: " + topics + " are not there");
    }
    return partitions;
  }

  private KafkaConsumer<byte[], byte[]> reader(String isolation) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "isolation.level",
            isolation,
            "enable.auto.commit",
            false,
            "fetch.max.wait.ms",
            50),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  /**
   * Ends the watch and tells the stalls that last until now. Only the first call does anything.
   *
   * @throws AssertionError when the watch has failed, or does not end
   */
  @Override
  public void close() {
    if (stopping.getCount() == 0) {
      return;
    }
    stopping.countDown();
    try {
      if (!thread.join(ENDS_WITHIN)) {
        throw new AssertionError("the watch over committed records does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    requireWell();
  }
}
