package io.waybill.app.cli;

import io.waybill.client.plan.RetryPlan;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Replays dead-lettered tasks: finds them, publishes a command for each that still lies dead, and
 * watches the status take it. Whether a task is sent again is decided by the status topology alone,
 * so that two people who replay the same letter make one sending.
 *
 * <p>Letters hold up to 12 MiB, so only their places are kept, and each is read again when its turn
 * comes. Used by one thread.
 */
final class Replay {
  private static final Duration READ_WITHIN = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Connection connection;
  private final Environment environment;
  private final Consumer<String> warn;

  Replay(Connection connection, Environment environment, Consumer<String> warn) {
    this.connection = connection;
    this.environment = environment;
    this.warn = warn;
  }

  /** The last dead letter of a task, and where it stands. */
  record Candidate(
      TopicPartition partition,
      long offset,
      TaskId taskId,
      DeliveryId deliveryId,
      String destinationId,
      int generation) {}

  /**
   * What was found.
   *
   * @param tasks one for each task
   * @param others the ids of records that never were a task
   */
  record Found(List<Candidate> tasks, List<String> others) {}

  /** How it came out for one task. */
  enum Result {
    REPLAYED,
    /** Dry run: it would be. */
    TO_REPLAY,
    ALREADY_REPLAYED,
    NO_STATUS,
    NOT_TAKEN
  }

  /** Looks for dead letters. */
  Found find(Predicate<DeadLetter> wanted) {
    Map<TaskId, Candidate> tasks = new LinkedHashMap<>();
    Set<String> others = new HashSet<>();
    new TopicScan(connection, warn)
        .read(
            Topics.DEAD_LETTERS,
            connection.codecs().deadLetters(),
            (letter, record) -> {
              if (!wanted.test(letter)) {
                return;
              }
              if (letter.task().isEmpty()) {
                others.add(DeadLetterView.id(letter));
                return;
              }
              Task task = letter.task().get();
              Candidate candidate =
                  new Candidate(
                      new TopicPartition(record.topic(), record.partition()),
                      record.offset(),
                      task.taskId(),
                      task.deliveryId(),
                      task.destinationId().value(),
                      task.generation());
              tasks.merge(
                  task.taskId(), candidate, (a, b) -> b.generation() >= a.generation() ? b : a);
            });
    return new Found(List.copyOf(tasks.values()), others.stream().sorted().toList());
  }

  /**
   * Replays.
   *
   * @param dryRun publishes nothing
   * @param quietFor stops waiting when no status has changed for so long
   */
  Map<Candidate, Result> run(Collection<Candidate> tasks, boolean dryRun, Duration quietFor) {
    Map<Candidate, Result> results = new LinkedHashMap<>();
    if (tasks.isEmpty()) {
      return results;
    }
    Set<DeliveryId> deliveries =
        tasks.stream().map(Candidate::deliveryId).collect(Collectors.toSet());
    try (StatusFeed feed = new StatusFeed(connection, deliveries, warn);
        KafkaConsumer<byte[], byte[]> reader = connection.consumer()) {
      List<Candidate> sent = new ArrayList<>();
      for (Candidate candidate : tasks) {
        Optional<DeliveryStatus> status = feed.of(candidate.deliveryId());
        if (status.isEmpty()) {
          results.put(candidate, Result.NO_STATUS);
        } else if (isReplayed(status.get(), candidate)) {
          results.put(candidate, Result.ALREADY_REPLAYED);
        } else if (dryRun) {
          results.put(candidate, Result.TO_REPLAY);
        } else {
          send(task(reader, candidate));
          sent.add(candidate);
        }
      }
      Predicate<Candidate> taken =
          candidate ->
              feed.of(candidate.deliveryId()).filter(s -> isReplayed(s, candidate)).isPresent();
      feed.await(() -> sent.stream().allMatch(taken), quietFor);
      for (Candidate candidate : sent) {
        results.put(candidate, taken.test(candidate) ? Result.REPLAYED : Result.NOT_TAKEN);
      }
    }
    return results;
  }

  private static boolean isReplayed(DeliveryStatus status, Candidate candidate) {
    return RetryPlan.isBeyond(status, candidate.destinationId(), candidate.generation());
  }

  private void send(Task task) {
    DeliveryCommand command =
        new DeliveryCommand(
            UUID.randomUUID(),
            task.deliveryId(),
            task.organizationId(),
            environment.actor(),
            environment.clock().instant(),
            new DeliveryCommand.Replay(task));
    connection.send(
        Topics.COMMANDS,
        task.deliveryId().toString(),
        connection.codecs().commands().encode(Topics.COMMANDS, command));
  }

  private Task task(KafkaConsumer<byte[], byte[]> reader, Candidate candidate) {
    Countdown countdown = new Countdown(READ_WITHIN);
    try {
      reader.assign(Set.of(candidate.partition()));
      reader.seek(candidate.partition(), candidate.offset());
      while (!countdown.isOver()) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
          if (record.offset() == candidate.offset()) {
            return connection.codecs().deadLetters().decode(record.value()).task().orElseThrow();
          }
        }
      }
    } catch (KafkaException e) {
      throw connection.failure(e);
    } catch (UndecodableException e) {
      throw CliException.failed(
          "the dead letter of task " + candidate.taskId() + " cannot be read: " + e.getMessage());
    }
    throw CliException.failed(
        "the dead letter of task "
            + candidate.taskId()
            + " is gone from "
            + candidate.partition()
            + ": its retention has passed just now");
  }
}
