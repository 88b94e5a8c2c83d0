package io.waybill.demo;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.Reason;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the status topic as any consumer would, and prints a line for each change of a destination.
 * Used by one thread.
 */
final class StatusTable implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final String ROW = "%-12s  %-12s  %-11s  %-21s  %-10s  %-8s  %s%n";

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Codecs codecs;
  private final PrintWriter out;
  private final boolean coloured;
  private final Map<String, String> names = new ConcurrentHashMap<>();
  private final Map<DeliveryId, DeliveryStatus> newest = new HashMap<>();
  private final Map<String, String> lastRow = new HashMap<>();

  StatusTable(String bootstrapServers, Codecs codecs, PrintWriter out, boolean coloured) {
    this.codecs = codecs;
    this.out = out;
    this.coloured = coloured;
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            50,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest");
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topics.STATUS).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Shows this name instead of an id. */
  void name(String id, String name) {
    names.put(id, name);
  }

  void printHead() {
    out.printf(ROW, "time (UTC)", "delivery", "state", "destination", "its state", "attempts", "");
    out.flush();
  }

  /**
   * Prints changes until the delivery's status satisfies the condition.
   *
   * @throws IllegalStateException when it does not in time
   */
  void follow(DeliveryId delivery, Predicate<DeliveryStatus> until, Duration within) {
    long end = System.nanoTime() + within.toNanos();
    while (!newest.containsKey(delivery) || !until.test(newest.get(delivery))) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "delivery "
                + delivery
                + " did not get there within "
                + within.toSeconds()
                + " s; its status: "
                + newest.get(delivery));
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        show(record);
      }
    }
  }

  DeliveryStatus status(DeliveryId delivery) {
    DeliveryStatus status = newest.get(delivery);
    if (status == null) {
      throw new IllegalStateException("nothing was read of delivery " + delivery);
    }
    return status;
  }

  @Override
  public void close() {
    consumer.close();
  }

  private void show(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return;
    }
    DeliveryStatus status;
    try {
      status = codecs.statuses().decode(record.value());
    } catch (UndecodableException e) {
      throw new IllegalStateException("a status cannot be read: " + e.getMessage(), e);
    }
    newest.put(status.deliveryId(), status);
    for (DestinationStatus destination : status.destinations()) {
      row(status, destination);
    }
    out.flush();
  }

  private void row(DeliveryStatus status, DestinationStatus destination) {
    String detail =
        destination.state() == DestinationState.DELIVERED
            ? ""
            : destination.reason().map(Reason::code).orElse("")
                + destination.message().map(message -> ": " + message).orElse("");
    String key = status.deliveryId() + "/" + destination.destinationId();
    String content =
        destination.state() + " " + destination.generation() + " " + destination.attempts();
    if (content.equals(lastRow.put(key, content))) {
      return;
    }
    String time =
        LocalTime.ofInstant(status.updatedAt(), ZoneOffset.UTC)
            .truncatedTo(ChronoUnit.MILLIS)
            .toString();
    String state = String.format(Locale.ROOT, "%-10s", destination.state().word());
    out.printf(
        ROW,
        time,
        names.getOrDefault(status.deliveryId().toString(), status.deliveryId().toString()),
        status.state().word(),
        names.getOrDefault(destination.destinationId(), destination.destinationId()),
        coloured ? colour(destination.state()) + state + "\u001b[0m" : state,
        destination.attempts(),
        detail);
  }

  private static String colour(DestinationState state) {
    return switch (state) {
      case PENDING, PARKED -> "\u001b[90m";
      case RETRYING -> "\u001b[33m";
      case DELIVERED -> "\u001b[32m";
      case FAILED, CANCELLED -> "\u001b[31m";
    };
  }
}
