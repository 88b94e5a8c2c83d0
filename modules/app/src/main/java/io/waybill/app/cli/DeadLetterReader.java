package io.waybill.app.cli;

import io.waybill.domain.Task;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;

/**
 * Reads dead letters again whose places are known, partition by partition and forward, so that a
 * hundred thousand of them are one pass over the topic. Used by one thread.
 */
final class DeadLetterReader implements Iterator<DeadLetterReader.Letter>, AutoCloseable {
  private static final Duration READ_WITHIN = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(200);

  /** Rather read over so many others than ask the broker again. */
  private static final long NEAR = 1_000;

  private final Connection connection;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Deque<Replay.Candidate> left;
  private final Queue<ConsumerRecord<byte[], byte[]>> read = new ArrayDeque<>();

  DeadLetterReader(Connection connection, Collection<Replay.Candidate> candidates) {
    this.connection = connection;
    left =
        new ArrayDeque<>(
            candidates.stream()
                .sorted(
                    Comparator.<Replay.Candidate>comparingInt(one -> one.partition().partition())
                        .thenComparingLong(Replay.Candidate::offset))
                .toList());
    consumer = connection.consumer();
  }

  /** A dead letter's task. */
  record Letter(Replay.Candidate candidate, Task task) {}

  @Override
  public boolean hasNext() {
    return !left.isEmpty();
  }

  @Override
  public Letter next() {
    if (left.isEmpty()) {
      throw new NoSuchElementException("all have been read");
    }
    Replay.Candidate wanted = left.remove();
    try {
      return new Letter(wanted, task(wanted));
    } catch (KafkaException e) {
      throw connection.failure(e);
    } catch (UndecodableException e) {
      throw CliException.failed(
          "the dead letter of task " + wanted.taskId() + " cannot be read: " + e.getMessage());
    }
  }

  private Task task(Replay.Candidate wanted) throws UndecodableException {
    goTo(wanted);
    Countdown countdown = new Countdown(READ_WITHIN);
    while (!countdown.isOver()) {
      ConsumerRecord<byte[], byte[]> record = read.poll();
      if (record == null) {
        consumer.poll(POLL).forEach(read::add);
      } else if (record.offset() == wanted.offset()) {
        return connection.codecs().deadLetters().decode(record.value()).task().orElseThrow();
      } else if (record.offset() > wanted.offset()) {
        break;
      }
    }
    throw CliException.failed(
        "the dead letter of task "
            + wanted.taskId()
            + " is gone from "
            + wanted.partition()
            + ": its retention has passed just now");
  }

  private void goTo(Replay.Candidate wanted) {
    boolean isThere = consumer.assignment().contains(wanted.partition());
    if (!isThere) {
      read.clear();
      consumer.assign(Set.of(wanted.partition()));
    }
    if (!isThere
        || (read.isEmpty() && wanted.offset() - consumer.position(wanted.partition()) > NEAR)) {
      consumer.seek(wanted.partition(), wanted.offset());
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
