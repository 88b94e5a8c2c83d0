package io.waybill.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.checker.Submitted;
import io.waybill.domain.DeliveryId;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes requests at a steady rate, whatever becomes of them, and writes down each when its fate
 * is known. Of ten requests seven go to one webhook, one to a mailbox, one to a bucket, and one to
 * one of each at high priority.
 */
final class Load implements AutoCloseable {
  private static final Duration STEP = Duration.ofMillis(50);

  /** Longer than any broker is away: what was not acknowledged then is unknown. */
  private static final int DELIVERED_WITHIN_MILLIS = 180_000;

  private final KafkaProducer<byte[], byte[]> producer;
  private final RunFiles.Lines lines;
  private final double perStep;
  private final AtomicLong published = new AtomicLong();
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong lastAck = new AtomicLong();
  private double owed;
  private long number;
  private volatile Instant begin = Instant.EPOCH;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("load").factory());

  Load(String bootstrapServers, RunFiles files, int perSecond) {
    lines = new RunFiles.Lines(files.submitted());
    perStep = perSecond * STEP.toMillis() / 1_000.0;
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrapServers);
    settings.put("acks", "all");
    settings.put("delivery.timeout.ms", DELIVERED_WITHIN_MILLIS);
    settings.put("request.timeout.ms", 10_000);
    settings.put("max.block.ms", DELIVERED_WITHIN_MILLIS);
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  void start() {
    begin = Instant.now();
    var _ = thread.scheduleAtFixedRate(this::step, 0, STEP.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What throws is not called again by its thread, and nobody is told: so this does not. */
  private void step() {
    owed += perStep;
    while (owed >= 1) {
      owed--;
      try {
        publish(number++);
        published.incrementAndGet();
      } catch (RuntimeException e) {
        failure.compareAndSet(null, e);
      }
    }
  }

  private void publish(long number) {
    List<String> destinations = destinations(number);
    String data = "{\"number\":" + number + ",\"text\":\"gr\\u00fc\\u00dfe\"}";
    DeliveryId id = DeliveryId.random();
    String json =
        """
        {"deliveryId":"%s","organizationId":"%s","destinations":[%s],\
        "payload":{"type":"soak","data":%s},"options":{"priority":%d}}\
        """
            .formatted(
                id,
                Destinations.ORGANIZATION,
                destinations.stream()
                    .map(one -> "\"" + one + "\"")
                    .collect(Collectors.joining(",")),
                data,
                destinations.size() > 1 ? 9 : 5);
    Instant at = Instant.now();
    String hash = Hashes.sha256(data.getBytes(UTF_8));
    var _ =
        producer.send(
            new ProducerRecord<>(
                Topics.REQUESTS, id.toString().getBytes(UTF_8), json.getBytes(UTF_8)),
            (metadata, failure) -> ended(id, destinations, at, hash, metadata, failure));
  }

  private static List<String> destinations(long number) {
    int round = (int) (number / 10);
    return switch ((int) (number % 10)) {
      case 7 -> List.of(pick(Destinations.MAILBOXES, round));
      case 8 -> List.of(pick(Destinations.BUCKETS, round));
      case 9 ->
          List.of(
              pick(Destinations.WEBHOOKS, round),
              pick(Destinations.MAILBOXES, round),
              pick(Destinations.BUCKETS, round));
      default -> List.of(pick(Destinations.WEBHOOKS, (int) number));
    };
  }

  private static String pick(List<String> names, int number) {
    return names.get(number % names.size());
  }

  private void ended(
      DeliveryId id,
      List<String> destinations,
      Instant at,
      String hash,
      @Nullable RecordMetadata metadata,
      @Nullable Exception failure) {
    Instant now = Instant.now();
    Submitted submitted =
        new Submitted(
            id.toString(),
            Destinations.ORGANIZATION.value(),
            destinations,
            failure == null ? Submitted.Fate.ACKNOWLEDGED : Submitted.Fate.UNKNOWN,
            at,
            Optional.of(hash));
    lines.add(Acknowledged.line(submitted, now, metadata == null ? -1 : metadata.partition()));
    if (failure == null) {
      lastAck.set(now.toEpochMilli());
    }
    ended.incrementAndGet();
  }

  long published() {
    return published.get();
  }

  /** Of the last acknowledgement. */
  Instant lastAck() {
    return Instant.ofEpochMilli(lastAck.get());
  }

  /** Why something could not be published, for the first time. */
  Optional<RuntimeException> failure() {
    return Optional.ofNullable(failure.get());
  }

  /**
   * Publishes no more, and returns when the fate of everything is known.
   *
   * @return from the start until this was called
   */
  Run.Window stop() {
    Run.Window window = new Run.Window(begin, Instant.now());
    thread.shutdown();
    try {
      boolean _ = thread.awaitTermination(DELIVERED_WITHIN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SoakException("interrupted", e);
    }
    producer.flush();
    return window;
  }

  @Override
  public void close() {
    thread.shutdownNow();
    producer.close(Duration.ofSeconds(5));
    lines.close();
  }
}
