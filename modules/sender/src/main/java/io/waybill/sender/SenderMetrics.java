package io.waybill.sender;

import io.waybill.domain.OrganizationId;
import io.waybill.domain.Outcome;
import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Who counts what a sender does. Called on the sender's own threads, so it must return at once and
 * throw nothing; may be called by several threads at a time.
 */
public interface SenderMetrics {
  /** Counts nothing. */
  SenderMetrics NONE = new SenderMetrics() {};

  /** How a transaction ended. */
  enum TransactionEnd {
    /** All of it is in Kafka. */
    COMMITTED,
    /** Nothing of it is; the same follows again. */
    ABORTED,
    /** The producer broke: the group's offsets will tell whether it is in Kafka. */
    UNKNOWN
  }

  /** An attempt was made, whether what it came to will be committed or not. */
  default void attempted(OrganizationId organization, Outcome outcome) {}

  /** A task record was dealt with, and what took its place is in Kafka: once for each record. */
  default void settled(TaskEnd end) {}

  /**
   * A transaction ended.
   *
   * @param took from its beginning
   */
  default void transactionEnded(TransactionEnd end, Duration took) {}

  /** The client that reads tasks was opened; it may be closed at any time after. */
  default void opened(Consumer<?, ?> consumer) {}

  /** The client that reads tasks is about to be closed. */
  default void closing(Consumer<?, ?> consumer) {}

  /** The client that writes outcomes was opened. */
  default void opened(Producer<?, ?> producer) {}

  /** The client that writes outcomes is about to be closed. */
  default void closing(Producer<?, ?> producer) {}
}
