package io.waybill.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.wire.RequestKeys;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * How the deliveries of dead letters stand, and how that goes on. Keeps a word for each, never a
 * status, so that a hundred thousand of them fit. Used by one thread.
 */
final class ReplayFeed implements Standings {
  private final Connection connection;
  private final Optional<DestinationId> target;
  private final Consumer<String> warn;
  private final Map<DeliveryId, List<Replay.Candidate>> wanted;
  private final Map<Replay.Candidate, ReplayStanding> standings = new HashMap<>();
  private final KafkaConsumer<byte[], byte[]> consumer;

  /** Reads how they stand now. */
  ReplayFeed(
      Connection connection,
      Collection<Replay.Candidate> candidates,
      Optional<DestinationId> target,
      Consumer<String> warn) {
    this.connection = connection;
    this.target = target;
    this.warn = warn;
    wanted = candidates.stream().collect(Collectors.groupingBy(Replay.Candidate::deliveryId));
    List<TopicPartition> all = connection.partitions(Topics.STATUS);
    Set<TopicPartition> needed =
        wanted.keySet().stream()
            .map(id -> all.get(RequestKeys.partitionOf(id.toString(), all.size())))
            .collect(Collectors.toUnmodifiableSet());
    consumer = connection.consumer();
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

  @Override
  public ReplayStanding of(Replay.Candidate candidate) {
    return standings.getOrDefault(candidate, ReplayStanding.UNKNOWN);
  }

  @Override
  public void catchUp() {
    try {
      TopicScan.toEnd(consumer, this::take);
    } catch (KafkaException e) {
      throw connection.failure(e);
    }
  }

  @Override
  public void poll(Duration within) {
    try {
      consumer.poll(within).forEach(this::take);
    } catch (KafkaException e) {
      throw connection.failure(e);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      return;
    }
    // Most records of a partition may be other deliveries': not decoded at all.
    List<Replay.Candidate> candidates =
        DeliveryId.parse(new String(record.key(), UTF_8)).map(wanted::get).orElse(List.of());
    if (candidates.isEmpty()) {
      return;
    }
    if (record.value() == null) {
      candidates.forEach(standings::remove);
      return;
    }
    try {
      DeliveryStatus status = connection.codecs().statuses().decode(record.value());
      candidates.forEach(one -> standings.put(one, ReplayStanding.of(status, one, target)));
    } catch (UndecodableException e) {
      warn.accept(TopicScan.unreadable(record, e));
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
