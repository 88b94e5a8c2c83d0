package io.waybill.app.cli;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.Task;
import io.waybill.wire.Codec;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Reads dead letters again whose places are known, partition by partition and forward, so that a
 * hundred thousand of them are one pass over the topic. Used by one thread.
 */
final class DeadLetterReader implements Letters {
  private static final Duration READ_WITHIN = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(200);

  /** Rather read over so many others than ask the broker again. */
  private static final long NEAR = 1_000;

  private final Consumer<byte[], byte[]> consumer;
  private final Codec<DeadLetter> codec;
  private final Function<KafkaException, CliException> failure;
  private final Deque<Replay.Candidate> left;
  private final Queue<ConsumerRecord<byte[], byte[]>> read = new ArrayDeque<>();

  /**
   * @param consumer goes back to the earliest record where the one it wants is gone; closed with
   *     this reader
   * @param failure puts the consumer's failures in words
   */
  DeadLetterReader(
      Consumer<byte[], byte[]> consumer,
      Codec<DeadLetter> codec,
      Function<KafkaException, CliException> failure,
      Collection<Replay.Candidate> candidates) {
    this.consumer = consumer;
    this.codec = codec;
    this.failure = failure;
    left =
        new ArrayDeque<>(
            candidates.stream()
                .sorted(
                    Comparator.<Replay.Candidate>comparingInt(one -> one.partition().partition())
                        .thenComparingLong(Replay.Candidate::offset))
                .toList());
  }

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
      throw failure.apply(e);
    } catch (UndecodableException e) {
      throw CliException.failed(
          "the dead letter of task " + wanted.taskId() + " cannot be read: " + e.getMessage());
    }
  }

  /** Absent when what is there begins behind it: its retention has passed just now. */
  private Optional<Task> task(Replay.Candidate wanted) throws UndecodableException {
    goTo(wanted);
    Countdown countdown = new Countdown(READ_WITHIN);
    while (!countdown.isOver()) {
      ConsumerRecord<byte[], byte[]> record = read.peek();
      if (record == null) {
        if (consumer.position(wanted.partition()) > wanted.offset()) {
          return Optional.empty();
        }
        consumer.poll(POLL).forEach(read::add);
      } else if (record.offset() > wanted.offset()) {
        // Left for the next one, which it may be.
        return Optional.empty();
      } else {
        read.remove();
        if (record.offset() == wanted.offset()) {
          return Optional.of(codec.decode(record.value()).task().orElseThrow());
        }
      }
    }
    throw CliException.failed(
        "the dead letter of task "
            + wanted.taskId()
            + " could not be read from "
            + wanted.partition()
            + " within "
            + Durations.words(READ_WITHIN));
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
