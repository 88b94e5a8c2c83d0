package io.waybill.sender;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * The commits of a group, from a client of its own. The consumer's own {@code committed} must not
 * be used: asked while the consumer looks for its first position, and answered with an offset that
 * an open transaction holds back, it calls itself until the stack overflows (KAFKA-20765, in
 * 4.3.1). May be asked by any thread; opened and closed by the poll thread.
 */
final class GroupOffsets implements AutoCloseable {
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

  private final Admin admin;
  private final String group;

  GroupOffsets(Map<String, Object> settings, String group) {
    this.admin = Admin.create(settings);
    this.group = group;
  }

  /**
   * What is committed of these partitions: null where there is nothing, and no entry at all where
   * an open transaction may still change it. To take the one for the other would be to send all
   * that a partition holds again.
   *
   * @throws KafkaException when there is no answer in time, or none that helps
   */
  Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> of, Duration within) {
    try {
      return admin
          .listConsumerGroupOffsets(
              Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(of)),
              new ListConsumerGroupOffsetsOptions()
                  .requireStable(true)
                  .timeoutMs(Math.toIntExact(within.toMillis())))
          .partitionsToOffsetAndMetadata(group)
          .get(within.toMillis() + 500, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      // No answer is never taken for "nothing committed": whoever asked waits, and sends nothing.
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    } catch (java.util.concurrent.TimeoutException e) {
      // As above.
      throw new TimeoutException("no answer within " + within, e);
    } catch (InterruptedException e) {
      // The process ends, and what it asked for was not read yet.
      throw new InterruptException(e);
    }
  }

  @Override
  public void close() {
    admin.close(CLOSE_WITHIN);
  }
}
