package io.waybill.app.cli;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.wire.RequestKeys;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The status of some deliveries, and how it goes on. Only the partitions where their keys belong
 * are read. Used by one thread.
 */
final class StatusFeed implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final Connection connection;
  private final Set<DeliveryId> wanted;
  private final Consumer<String> warn;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<DeliveryId, DeliveryStatus> newest = new HashMap<>();

  /** Reads what the status topic holds of these deliveries now. */
  StatusFeed(Connection connection, Set<DeliveryId> wanted, Consumer<String> warn) {
    this.connection = connection;
    this.wanted = Set.copyOf(wanted);
    this.warn = warn;
    List<TopicPartition> all = connection.partitions(Topics.STATUS);
    Set<TopicPartition> needed =
        wanted.stream()
            .map(id -> all.get(RequestKeys.partitionOf(id.toString(), all.size())))
            .collect(Collectors.toUnmodifiableSet());
    this.consumer = connection.consumer();
    try {
      consumer.assign(needed);
      consumer.seekToBeginning(needed);
      TopicScan.toEnd(consumer, this::take);
    } catch (KafkaException e) {
      consumer.close();
      throw connection.failure(e);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  /** The newest status that has been read. */
  Optional<DeliveryStatus> of(DeliveryId id) {
    return Optional.ofNullable(newest.get(id));
  }

  /**
   * Reads on until {@code done}, which is asked after each change.
   *
   * @param quietFor gives up when no status of these deliveries has changed for so long
   * @return whether it is done
   */
  boolean await(BooleanSupplier done, Duration quietFor) {
    return await(done, quietFor, () -> {});
  }

  /** As above, and runs {@code changed} after each change. */
  boolean await(BooleanSupplier done, Duration quietFor, Runnable changed) {
    Countdown quiet = new Countdown(quietFor);
    try {
      while (!done.getAsBoolean()) {
        if (quiet.isOver()) {
          return false;
        }
        boolean any = false;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          any |= take(record);
        }
        if (any) {
          changed.run();
          quiet = new Countdown(quietFor);
        }
      }
      return true;
    } catch (KafkaException e) {
      throw connection.failure(e);
    }
  }

  private boolean take(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      return false;
    }
    // Most records of a partition are other deliveries': not decoded at all.
    Optional<DeliveryId> id = DeliveryId.parse(new String(record.key(), StandardCharsets.UTF_8));
    if (id.isEmpty() || !wanted.contains(id.get())) {
      return false;
    }
    if (record.value() == null) {
      return newest.remove(id.get()) != null;
    }
    try {
      newest.put(id.get(), connection.codecs().statuses().decode(record.value()));
      return true;
    } catch (UndecodableException e) {
      warn.accept(TopicScan.unreadable(record, e));
      return false;
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
