package io.waybill.app.cli;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.wire.Topics;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds dead-lettered tasks. Letters hold up to 12 MiB, so only their places are kept: a few
 * hundred bytes each. Used by one thread.
 */
final class Replay {
  private final Connection connection;
  private final Consumer<String> warn;

  Replay(Connection connection, Consumer<String> warn) {
    this.connection = connection;
    this.warn = warn;
  }

  /** The last dead letter of a task, and where it stands. */
  record Candidate(
      TopicPartition partition,
      long offset,
      TaskId taskId,
      DeliveryId deliveryId,
      OrganizationId organizationId,
      String destinationId,
      int generation,
      Reason reason) {}

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
    REROUTED,
    TO_REROUTE,
    ALREADY_REROUTED,
    /** It was rerouted there before, which came to nothing; it happens once. */
    STAND_IN_FAILED,
    /** Another destination has it, or is being sent it, in its destination's place. */
    STOOD_IN,
    /** The request names the destination that it was to be rerouted to. */
    NAMED_BY_REQUEST,
    NO_STATUS,
    /** The letter's retention has passed since it was found. */
    GONE,
    /** The status role has decided against it, for a reason of its own. */
    REFUSED,
    NOT_TAKEN,
    /** Not tried, because those before it were not taken. */
    NOT_SENT
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
                      task.organizationId(),
                      task.destinationId().value(),
                      task.generation(),
                      letter.reason());
              tasks.merge(
                  task.taskId(), candidate, (a, b) -> b.generation() >= a.generation() ? b : a);
            });
    return new Found(List.copyOf(tasks.values()), others.stream().sorted().toList());
  }
}
