package io.waybill.app.cli;

import io.waybill.client.plan.CommandRefusal;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Reads what is refused from now on out of the audit trail, which alone tells it. It stands at the
 * end of the topic when it has been made. Keeps only what is expected.
 */
final class RefusalFeed implements Refusals {
  private final Connection connection;
  private final Consumer<byte[], byte[]> consumer;
  private final java.util.function.Consumer<String> warn;
  private final Set<UUID> expected = new HashSet<>();
  private final Map<UUID, CommandRefusal> found = new HashMap<>();
  private boolean isDenied;

  private RefusalFeed(
      Connection connection,
      Consumer<byte[], byte[]> consumer,
      java.util.function.Consumer<String> warn) {
    this.connection = connection;
    this.consumer = consumer;
    this.warn = warn;
  }

  /**
   * Opens it. Whoever may not read the audit trail gets one that knows of no refusal: they wait for
   * the status alone.
   */
  static Refusals over(Connection connection, java.util.function.Consumer<String> warn) {
    List<TopicPartition> partitions;
    try {
      partitions = connection.partitions(Topics.AUDIT);
    } catch (CliException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return new None();
      }
      throw e;
    }
    Consumer<byte[], byte[]> consumer = connection.consumer();
    try {
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
      // seekToEnd only takes a note; asking for the position makes it look where the end is now.
      partitions.forEach(consumer::position);
      return new RefusalFeed(connection, consumer, warn);
    } catch (AuthorizationException e) {
      consumer.close();
      return new None();
    } catch (KafkaException e) {
      consumer.close();
      throw connection.failure(e);
    }
  }

  /** Knows of none. */
  private record None() implements Refusals {
    @Override
    public void expect(UUID commandId) {}

    @Override
    public void poll() {}

    @Override
    public Optional<CommandRefusal> of(UUID commandId) {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }

  @Override
  public void expect(UUID commandId) {
    expected.add(commandId);
  }

  @Override
  public void poll() {
    if (isDenied) {
      return;
    }
    try {
      consumer.poll(Duration.ZERO).forEach(this::take);
    } catch (AuthorizationException e) {
      // May see that there is such a topic, and not what is in it.
      isDenied = true;
    } catch (KafkaException e) {
      throw connection.failure(e);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return;
    }
    try {
      CommandRefusal.of(connection.codecs().audits().decode(record.value()))
          .filter(refusal -> expected.remove(refusal.commandId()))
          .ifPresent(refusal -> found.put(refusal.commandId(), refusal));
    } catch (UndecodableException e) {
      warn.accept(TopicScan.unreadable(record, e));
    }
  }

  @Override
  public Optional<CommandRefusal> of(UUID commandId) {
    return Optional.ofNullable(found.get(commandId));
  }

  @Override
  public void close() {
    consumer.close();
  }
}
