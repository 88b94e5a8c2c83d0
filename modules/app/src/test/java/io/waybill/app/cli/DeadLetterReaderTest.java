package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.wire.Codecs;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DeadLetterReaderTest {
  private static final TopicPartition PARTITION = new TopicPartition(Topics.DEAD_LETTERS, 0);

  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());
  private final MockConsumer<byte[], byte[]> consumer =
      new MockConsumer<>(AutoOffsetResetStrategy.EARLIEST.name());
  private final List<Task> tasks =
      IntStream.range(0, 4).mapToObj(_ -> Samples.task(DeliveryId.random(), "acme")).toList();

  private Replay.Candidate candidate(int offset) {
    Task task = tasks.get(offset);
    return new Replay.Candidate(
        PARTITION,
        offset,
        task.taskId(),
        task.deliveryId(),
        task.organizationId(),
        task.destinationId().value(),
        task.generation(),
        Reason.MAX_AGE);
  }

  private DeadLetterReader reader(int... offsets) {
    return new DeadLetterReader(
        consumer,
        codecs.deadLetters(),
        e -> CliException.failed(e.toString()),
        IntStream.of(offsets).mapToObj(this::candidate).toList());
  }

  private void holds(int... offsets) {
    consumer.schedulePollTask(() -> {
      for (int offset : offsets) {
        DeadLetter letter =
            DeadLetters.ofTask(
                new RecordOrigin("waybill.tasks.webhook", 0, offset),
                tasks.get(offset),
                Reason.MAX_AGE,
                "too old",
                Instant.EPOCH);
        consumer.addRecord(
            new ConsumerRecord<>(
                Topics.DEAD_LETTERS,
                0,
                offset,
                new byte[0],
                codecs.deadLetters().encode(Topics.DEAD_LETTERS, letter)));
      }
    });
  }

  @Test
  void aLetterThatIsGoneSinceDoesNotStopTheOthers() {
    holds(2, 3);

    try (DeadLetterReader reader = reader(0, 1, 2, 3)) {
      assertThat(reader.next()).isEqualTo(new Letters.Letter(candidate(0), Optional.empty()));
      assertThat(reader.next()).isEqualTo(new Letters.Letter(candidate(1), Optional.empty()));
      assertThat(reader.next().task()).contains(tasks.get(2));
      assertThat(reader.next().task()).contains(tasks.get(3));
      assertThat(reader.hasNext()).isFalse();
    }
  }

  @Test
  void aPartitionOfWhichNothingIsLeftIsNotWaitedFor() {
    // As a consumer does that finds its place gone: on to the earliest record, or the end.
    consumer.schedulePollTask(() -> consumer.seek(PARTITION, 4));

    try (DeadLetterReader reader = reader(0, 3)) {
      assertThat(reader.next().task()).isEmpty();
      assertThat(reader.next().task()).isEmpty();
    }
  }
}
