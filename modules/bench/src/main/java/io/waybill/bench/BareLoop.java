package io.waybill.bench;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The least that sends a topic over HTTP and loses nothing when it is killed: poll, send with the
 * same client as Waybill, commit per partition how far everything is done. No retries, limits,
 * events, transactions, or credentials; the payload is the record, the destination its key.
 */
final class BareLoop implements Subject {
  static final String GROUP = "bench.bare-loop";

  /** The same payloads as the sender's, with nothing around them. */
  static final String TOPIC = "bench.payloads";

  private static final Duration POLL = Duration.ofMillis(100);
  private static final long COMMIT_NANOS = Duration.ofSeconds(1).toNanos();

  /**
   * Little of each partition at a time. Else all sends under way would go to the few destinations
   * of one partition, and then to those of the next, with thousands of connections left idle.
   */
  static final int PARTITION_FETCH_BYTES = 64 * 1024;

  private final Map<String, Object> consumerSettings;
  private final int inFlight;
  private final Semaphore permits;
  private final BareClient client;
  private volatile boolean stopping;
  private @Nullable Thread thread;

  /** One record under way. */
  private static final class Slot {
    private final long offset;
    private volatile boolean done;

    private Slot(long offset) {
      this.offset = offset;
    }
  }

  /** A loop that has not begun. */
  BareLoop(String bootstrapServers, Targets targets, int inFlight) {
    this.consumerSettings =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "max.partition.fetch.bytes",
            PARTITION_FETCH_BYTES,
            "group.id",
            GROUP,
            "group.protocol",
            "consumer",
            "key.deserializer",
            "org.apache.kafka.common.serialization.StringDeserializer",
            "value.deserializer",
            "org.apache.kafka.common.serialization.ByteArrayDeserializer",
            "enable.auto.commit",
            false,
            "auto.offset.reset",
            "earliest");
    this.inFlight = inFlight;
    this.permits = new Semaphore(inFlight);
    this.client = new BareClient(targets, inFlight);
  }

  @Override
  public void start() {
    stopping = false;
    thread = Thread.ofPlatform().name("bare-loop").start(this::run);
  }

  @Override
  public void stop() {
    Thread running = thread;
    if (running == null) {
      throw new IllegalStateException("the bare loop does not run");
    }
    stopping = true;
    try {
      running.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.requireNoFailures();
  }

  private void run() {
    Map<TopicPartition, ArrayDeque<Slot>> underWay = new HashMap<>();
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(consumerSettings)) {
      consumer.subscribe(List.of(TOPIC));
      long commitAt = System.nanoTime() + COMMIT_NANOS;
      while (!stopping) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          permits.acquire();
          Slot slot = new Slot(record.offset());
          underWay
              .computeIfAbsent(
                  new TopicPartition(record.topic(), record.partition()), _ -> new ArrayDeque<>())
              .add(slot);
          client.send(record.key(), record.value(), _ -> end(slot));
        }
        if (System.nanoTime() - commitAt >= 0) {
          consumer.commitAsync(finished(underWay), null);
          commitAt = System.nanoTime() + COMMIT_NANOS;
        }
      }
      if (permits.tryAcquire(inFlight, 30, TimeUnit.SECONDS)) {
        permits.release(inFlight);
      }
      consumer.commitSync(finished(underWay));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<TopicPartition, OffsetAndMetadata> finished(
      Map<TopicPartition, ArrayDeque<Slot>> underWay) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    underWay.forEach((partition, slots) -> {
      long next = -1;
      while (!slots.isEmpty() && slots.element().done) {
        next = slots.remove().offset + 1;
      }
      if (next >= 0) {
        offsets.put(partition, new OffsetAndMetadata(next));
      }
    });
    return offsets;
  }

  private void end(Slot slot) {
    slot.done = true;
    permits.release();
  }
}
