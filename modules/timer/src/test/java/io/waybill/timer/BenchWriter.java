package io.waybill.timer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes parked tasks: the many, and a steady few. A task's {@code firstDueAt} is its due time. */
final class BenchWriter implements AutoCloseable {
  static final String AT_ONCE = "live-at-once";
  static final String SOON = "live-soon";

  private static final OrganizationId ACME = new OrganizationId("acme");
  private static final String TOPIC = Topics.retry(DestinationType.WEBHOOK);

  private final Codecs codecs;
  private final BenchOptions options;
  private final RawJson payload;
  private final Random random = new Random(1);
  private final KafkaProducer<byte[], byte[]> producer;
  private final Thread live = Thread.ofPlatform().name("bench-live").unstarted(this::writeLive);
  private volatile boolean stopped;
  private volatile long liveWritten;

  BenchWriter(String bootstrapServers, Codecs codecs, BenchOptions options) {
    this.codecs = codecs;
    this.options = options;
    payload = RawJson.of("\"" + "x".repeat(options.payloadBytes()) + "\"");
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "batch.size", 65_536, "linger.ms", 5),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Writes all tasks, the first of them due at {@code firstDue}. */
  void park(long firstDue) {
    for (int i = 0; i < options.tasks(); i++) {
      long due =
          options.isInstant() ? firstDue : firstDue + random.nextInt(options.seconds() * 1_000);
      write("hook-" + random.nextInt(options.destinations()), due);
    }
    producer.flush();
  }

  void startLive() {
    live.start();
  }

  void stopLive() throws InterruptedException {
    stopped = true;
    if (live.isAlive()) {
      live.join();
    }
    producer.flush();
  }

  long liveWritten() {
    return liveWritten;
  }

  private void writeLive() {
    long begin = System.nanoTime();
    for (long i = 0; !stopped; i++) {
      long next = begin + i * 1_000_000_000L / options.live();
      LockSupport.parkNanos(next - System.nanoTime());
      boolean atOnce = i % 2 == 0;
      long now = System.currentTimeMillis();
      // Spread over the partitions: a suffix, not the same key each time.
      String name = (atOnce ? AT_ONCE : SOON) + "-" + random.nextInt(100);
      write(name, atOnce ? now : now + 1_000);
      liveWritten = i + 1;
    }
  }

  private void write(String destination, long dueMillis) {
    DestinationId destinationId = new DestinationId(destination);
    DeliveryId deliveryId = new DeliveryId(new UUID(random.nextLong(), random.nextLong()));
    Instant dueAt = Instant.ofEpochMilli(dueMillis);
    Task task =
        new Task(
            TaskId.of(ACME, deliveryId, destinationId),
            ACME,
            deliveryId,
            destinationId,
            DestinationType.WEBHOOK,
            1,
            0,
            1,
            "report",
            new TaskPayload.Inline(payload),
            RawJson.EMPTY_OBJECT,
            Optional.empty(),
            List.of(),
            5,
            dueAt,
            dueAt,
            Optional.empty(),
            0,
            List.of(),
            Optional.empty(),
            false);
    byte[] value = codecs.parkedTasks().encode(TOPIC, new ParkedTask(task, dueAt, Reason.RETRY));
    producer.send(new ProducerRecord<>(TOPIC, destination.getBytes(UTF_8), value));
  }

  @Override
  public void close() {
    stopped = true;
    producer.close();
  }
}
