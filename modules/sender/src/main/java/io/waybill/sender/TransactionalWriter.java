package io.waybill.sender;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApplicationRecoverableException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records and offsets in one transaction, or neither. A transaction is begun and ended
 * within one call. For one thread.
 */
final class TransactionalWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TransactionalWriter.class);

  /** A commit is asked for again that long while its fate is not known. */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(30);

  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

  private final Map<String, Object> settings;
  private final SenderMetrics metrics;
  private @Nullable KafkaProducer<byte[], byte[]> producer;

  TransactionalWriter(Map<String, Object> settings, SenderMetrics metrics) {
    this.settings = Map.copyOf(settings);
    this.metrics = metrics;
  }

  /** What came of a batch. */
  sealed interface Result {}

  /** All of it is in Kafka. */
  record Committed() implements Result {}

  /** None of it is; the same batch may be given again. */
  record Aborted(Exception cause) implements Result {}

  /**
   * The fate of the batch is not known and the producer is closed. After {@link #open} the
   * committed offsets tell which it was.
   */
  record Broken(Exception cause) implements Result {}

  /**
   * Makes a producer and ends whatever transaction an earlier one with this id left open: from then
   * on the committed offsets stand.
   *
   * @throws KafkaException when that did not work; may be called again
   */
  void open() {
    close();
    KafkaProducer<byte[], byte[]> opened = new KafkaProducer<>(settings);
    try {
      opened.initTransactions();
    } catch (RuntimeException e) {
      // Nothing is written yet, and what was left open may be still: to be called again.
      opened.close(Duration.ZERO);
      throw e;
    }
    producer = opened;
    metrics.opened(opened);
  }

  /** Whether {@link #commit} may be called. */
  boolean isOpen() {
    return producer != null;
  }

  /** Writes all of it or nothing. */
  Result commit(
      List<ProducerRecord<byte[], byte[]>> records,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      ConsumerGroupMetadata group) {
    KafkaProducer<byte[], byte[]> open = producer;
    if (open == null) {
      throw new IllegalStateException("the writer is not open");
    }
    try {
      open.beginTransaction();
      for (ProducerRecord<byte[], byte[]> record : records) {
        // Failures come back from the commit, which waits for all sends.
        var _ = open.send(record);
      }
      open.sendOffsetsToTransaction(offsets, group);
    } catch (RuntimeException e) {
      // No commit was asked for, so nothing of it counts unless the abort fails, too.
      return giveUp(open, e);
    }
    return commit(open);
  }

  private Result commit(KafkaProducer<byte[], byte[]> open) {
    long end = System.nanoTime() + ASK_AGAIN.toNanos();
    while (true) {
      try {
        open.commitTransaction();
        return new Committed();
      } catch (TimeoutException e) {
        // It may have been committed. Only asking again, or the offsets, can tell.
        if (System.nanoTime() > end) {
          return broken(e);
        }
        LOG.atWarn()
            .addKeyValue("problem", e.getMessage())
            .log("commit not answered, asking again");
      } catch (RuntimeException e) {
        // Aborted, it is written again; of unknown fate, it is looked up first. Never twice.
        return giveUp(open, e);
      }
    }
  }

  private Result giveUp(KafkaProducer<byte[], byte[]> open, RuntimeException cause) {
    if (isFatal(cause)) {
      return broken(cause);
    }
    try {
      open.abortTransaction();
      return new Aborted(cause);
    } catch (RuntimeException e) {
      // An abort that is not confirmed leaves the fate open as well.
      cause.addSuppressed(e);
      return broken(cause);
    }
  }

  private static boolean isFatal(RuntimeException e) {
    return !(e instanceof KafkaException)
        || e instanceof ApplicationRecoverableException
        || e instanceof OutOfOrderSequenceException
        || e instanceof InvalidTxnStateException
        || e instanceof UnsupportedVersionException
        || e instanceof AuthenticationException
        || e instanceof InterruptException;
  }

  private Broken broken(RuntimeException cause) {
    close();
    return new Broken(cause);
  }

  /** Closes the producer without waiting for anything; an open transaction is not committed. */
  @Override
  public void close() {
    KafkaProducer<byte[], byte[]> open = producer;
    producer = null;
    if (open != null) {
      metrics.closing(open);
      try {
        open.close(CLOSE_WITHIN);
      } catch (KafkaException e) {
        // It is of no use any more; what it left open is aborted by the broker, or by the next.
        LOG.atWarn().addKeyValue("problem", e.toString()).log("producer did not close in order");
      }
    }
  }
}
