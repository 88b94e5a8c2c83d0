package io.waybill.checker;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the topics hold for a reader of committed records, as far as the rules need it.
 *
 * @param tasks of all types, express ones too
 * @param statuses in the order of their topic, per delivery
 * @param unreadable records that could not be decoded, counted by topic: they are reported and
 *     judged by nobody
 */
public record Topics(
    List<Task> tasks,
    List<Parked> parked,
    List<Event> events,
    List<Status> statuses,
    List<DeadLetter> deadLetters,
    Map<String, Long> unreadable) {

  /** What stands where a refused request named no organization. */
  private static final Set<String> NO_ORGANIZATION = Set.of("", "-");

  public Topics {
    tasks = List.copyOf(tasks);
    parked = List.copyOf(parked);
    events = List.copyOf(events);
    statuses = List.copyOf(statuses);
    deadLetters = List.copyOf(deadLetters);
    unreadable = Map.copyOf(unreadable);
  }

  /** A task as it stands on a topic. */
  public record Task(
      String taskId,
      String organizationId,
      String deliveryId,
      String destinationId,
      int generation,
      int attempts,
      Optional<String> fallbackOf) {

    /** A task that the request asked for. */
    public Task(
        String taskId,
        String organizationId,
        String deliveryId,
        String destinationId,
        int generation,
        int attempts) {
      this(
          taskId,
          organizationId,
          deliveryId,
          destinationId,
          generation,
          attempts,
          Optional.empty());
    }

    TaskKey key() {
      return new TaskKey(deliveryId, destinationId);
    }
  }

  /** A task that waits for a due time. */
  public record Parked(Task task, String reason) {
    static final String DELIVER_AT = "deliver-at";

    /** Whether fan-out made it so, instead of a task that is due at once. */
    boolean isFirst() {
      return reason.equals(DELIVER_AT) && task.generation() == 0;
    }
  }

  /** A record of the events topic. */
  public sealed interface Event {
    String deliveryId();

    String organizationId();
  }

  /** A task that fan-out says it made. */
  public record Made(String taskId, String destinationId) {}

  /** Fan-out took the request. */
  public record Accepted(
      String deliveryId, String organizationId, List<Made> made, Set<String> refused)
      implements Event {
    public Accepted {
      made = List.copyOf(made);
      refused = Set.copyOf(refused);
    }
  }

  /** Fan-out refused the request. */
  public record Rejected(String deliveryId, String organizationId, String reason)
      implements Event {}

  /** Fan-out knew the request. */
  public record Duplicate(String deliveryId, String organizationId, String duplicateOf)
      implements Event {}

  /** Something happened to a task. */
  public record TaskEvent(
      String deliveryId,
      String organizationId,
      String taskId,
      String destinationId,
      int generation,
      int attempt,
      Kind kind,
      Optional<String> reason,
      boolean goesOn)
      implements Event {

    /** What happened. */
    public enum Kind {
      DELIVERED,
      ATTEMPT_FAILED,
      PARKED,
      DEAD_LETTERED,
      CANCELLED,
      /** A word that is younger than this checker. */
      OTHER
    }

    TaskKey key() {
      return new TaskKey(deliveryId, destinationId);
    }

    boolean isEnd() {
      return kind == Kind.DELIVERED || kind == Kind.DEAD_LETTERED || kind == Kind.CANCELLED;
    }

    /** Whether a parked task must stand beside it. */
    boolean isWait() {
      return kind == Kind.PARKED || (kind == Kind.ATTEMPT_FAILED && goesOn);
    }
  }

  /** A record of the status topic. */
  public sealed interface Status {
    String deliveryId();
  }

  /** The state of a delivery at one moment. */
  public record Known(
      String deliveryId, String organizationId, String state, List<DestinationState> destinations)
      implements Status {
    public Known {
      destinations = List.copyOf(destinations);
    }
  }

  /** A tombstone: past retention, and ended before. */
  public record Purged(String deliveryId) implements Status {}

  /** One destination's part of a status. */
  public record DestinationState(
      String destinationId, Optional<String> taskId, String state, int generation, int attempts) {
    static final String DELIVERED = "delivered";
    static final String FAILED = "failed";
    static final String CANCELLED = "cancelled";

    boolean isEnd() {
      return switch (state) {
        case DELIVERED, FAILED, CANCELLED -> true;
        default -> false;
      };
    }
  }

  /** A dead letter; without a task it is a record that never became one. */
  public record DeadLetter(Optional<String> organizationId, Optional<Task> task, String reason) {}

  /**
   * The part that belongs to these organizations. What names none stays: tombstones, and requests
   * that were refused because they named none.
   */
  public Topics of(Set<String> organizations) {
    Predicate<String> ours = one -> organizations.contains(one) || NO_ORGANIZATION.contains(one);
    return new Topics(
        tasks.stream().filter(task -> ours.test(task.organizationId())).toList(),
        parked.stream().filter(one -> ours.test(one.task().organizationId())).toList(),
        events.stream().filter(event -> ours.test(event.organizationId())).toList(),
        statuses.stream().filter(status -> isOf(status, ours)).toList(),
        deadLetters.stream()
            .filter(letter -> letter.organizationId().filter(ours).isPresent())
            .toList(),
        unreadable);
  }

  private static boolean isOf(Status status, Predicate<String> ours) {
    return switch (status) {
      case Known known -> ours.test(known.organizationId());
      case Purged _ -> true;
    };
  }
}
