package io.waybill.sender;

import io.waybill.wire.RegistryException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads compacted topics whole and then follows them, in a thread of its own. The view that is fed
 * is called by that thread only, and makes its own state safe for its readers.
 *
 * <p>A Kafka that is away is waited for and read on where it stopped. Anything unexpected ends the
 * follower, and {@link #problem} says so: a sender must not go on with a view that stands still.
 */
final class CompactedFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CompactedFollower.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final String name;
  private final List<String> topics;
  private final Map<String, Object> settings;
  private final Consumer<ConsumerRecord<byte[], byte[]>> view;
  private final CountDownLatch whole = new CountDownLatch(1);
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Map<TopicPartition, Long> next = new HashMap<>();
  private final Thread thread;
  private volatile Optional<String> problem = Optional.of("not started");

  /**
   * @param settings of a consumer without a group
   * @param view throws {@link RegistryException} to be given the same record again later
   */
  CompactedFollower(
      String name,
      List<String> topics,
      Map<String, Object> settings,
      Consumer<ConsumerRecord<byte[], byte[]>> view) {
    this.name = name;
    this.topics = List.copyOf(topics);
    this.settings = Map.copyOf(settings);
    this.view = view;
    this.thread = Thread.ofPlatform().daemon().name("waybill-" + name).unstarted(this::run);
  }

  /** Starts reading. */
  void start() {
    problem = Optional.empty();
    thread.start();
  }

  /**
   * Waits until everything has been read that stood there at the start.
   *
   * @return false when it has not within that time, or the follower has ended
   */
  boolean awaitWhole(Duration within) throws InterruptedException {
    return whole.await(within.toMillis(), TimeUnit.MILLISECONDS) && problem.isEmpty();
  }

  /** Why it does not follow at this moment, if so. */
  Optional<String> problem() {
    return thread.isAlive() ? problem : problem.or(() -> Optional.of(name + " has ended"));
  }

  /** Whether it will never follow again. */
  boolean hasEnded() {
    return !thread.isAlive();
  }

  private void run() {
    try {
      while (!isStopping()) {
        try {
          follow();
        } catch (KafkaException e) {
          // Nothing is lost: the next consumer goes on at the same offsets.
          problem = Optional.of(name + " cannot read: " + Sender.nameOf(e) + "; the log says why");
          LOG.atError()
              .setCause(e)
              .addKeyValue("follower", name)
              .log("view stands still, reopening");
          pause();
        }
      }
    } catch (RuntimeException | Error e) {
      // A bug. The sender must not go on by what stands still: it stops, and loses nothing.
      problem = Optional.of(name + " has ended: " + Sender.nameOf(e) + "; the log says why");
      LOG.atError().setCause(e).addKeyValue("follower", name).log("view has ended");
    } finally {
      whole.countDown();
    }
  }

  private void follow() {
    KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings);
    try {
      List<TopicPartition> partitions = partitions(consumer);
      consumer.assign(partitions);
      partitions.forEach(partition -> seek(consumer, partition));
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (!isStopping()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          take(record);
        }
        for (TopicPartition partition : partitions) {
          next.put(partition, consumer.position(partition));
        }
        problem = Optional.empty();
        if (whole.getCount() > 0 && hasReached(ends)) {
          LOG.atInfo().addKeyValue("follower", name).log("view is whole");
          whole.countDown();
        }
      }
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
  }

  private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
    return topics.stream()
        .flatMap(topic -> {
          List<PartitionInfo> found = consumer.partitionsFor(topic);
          if (found.isEmpty()) {
            throw new KafkaException("topic " + topic + " does not exist; create Waybill's topics");
          }
          return found.stream().map(info -> new TopicPartition(topic, info.partition()));
        })
        .toList();
  }

  private void seek(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
    Long offset = next.get(partition);
    if (offset == null) {
      consumer.seekToBeginning(List.of(partition));
    } else {
      consumer.seek(partition, offset);
    }
  }

  private boolean hasReached(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> next.getOrDefault(end.getKey(), 0L) >= end.getValue());
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    while (!isStopping()) {
      try {
        view.accept(record);
        return;
      } catch (RegistryException e) {
        // Costs time: tasks of newer versions wait; a cancellation or a pause comes so much later.
        problem = Optional.of(name + " waits for the schema registry: " + e.getMessage());
        LOG.atWarn()
            .addKeyValue("follower", name)
            .addKeyValue("problem", e.getMessage())
            .log("view waits for the schema registry");
        pause();
      }
    }
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private void pause() {
    try {
      boolean _ = stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Only close() is to end this thread, and it does not interrupt.
      Thread.currentThread().interrupt();
      throw new IllegalStateException(name + " was interrupted", e);
    }
  }

  /** Ends the thread, within about a second. */
  @Override
  public void close() {
    stopping.countDown();
    Threads.join(thread, Duration.ofSeconds(2));
  }
}
