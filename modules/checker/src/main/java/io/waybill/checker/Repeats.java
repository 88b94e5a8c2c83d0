package io.waybill.checker;

import io.waybill.checker.Topics.TaskEvent;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * {@link Rule#DUPS}: successes beyond the first of each life of a task. An attempt whose answer the
 * sender could not read explains one repeat of its own task; what is left must be explained by
 * crashes.
 */
final class Repeats {
  /** Reasons after which the sender cannot know whether the receiver has it. */
  private static final Set<String> UNREADABLE =
      Set.of("timeout", "connection-lost", "protocol-error", "channel-error");

  private static final int MOST_NAMED = 5;

  private final long repeated;
  private final long explained;
  private final long unreadable;
  private final Map<TaskKey, Long> left;

  private Repeats(long repeated, long explained, long unreadable, Map<TaskKey, Long> left) {
    this.repeated = repeated;
    this.explained = explained;
    this.unreadable = unreadable;
    this.left = left;
  }

  static Repeats of(Facts facts) {
    long repeated = 0;
    long explained = 0;
    Map<TaskKey, Long> left = new TreeMap<>();
    for (TaskKey key : facts.receivedTasks()) {
      long more = facts.successes(key).size() - facts.lives(key);
      if (more > 0) {
        long own = Math.min(more, unreadableAnswers(facts, key));
        repeated += more;
        explained += own;
        if (more > own) {
          left.put(key, more - own);
        }
      }
    }
    long unreadable =
        facts.tasksOfTopics().stream().mapToLong(key -> unreadableAnswers(facts, key)).sum();
    return new Repeats(repeated, explained, unreadable, left);
  }

  private static long unreadableAnswers(Facts facts, TaskKey key) {
    return facts.events(key).stream()
        .filter(event ->
            event.kind() == TaskEvent.Kind.ATTEMPT_FAILED
                && event.reason().filter(UNREADABLE::contains).isPresent())
        .count();
  }

  /** All of them, explained or not. */
  long repeated() {
    return repeated;
  }

  /** Those that an unreadable answer explains. */
  long explained() {
    return explained;
  }

  /** Attempts that ended without a readable answer. */
  long unreadable() {
    return unreadable;
  }

  Optional<Finding> finding(Bounds bounds) {
    long unexplained = repeated - explained;
    if (unexplained <= bounds.repeatsOfCrashes()) {
      return Optional.empty();
    }
    String most =
        left.entrySet().stream()
            .sorted(Map.Entry.<TaskKey, Long>comparingByValue().reversed())
            .limit(MOST_NAMED)
            .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
            .collect(Collectors.joining(", "));
    return Optional.of(
        new Finding(
            Rule.DUPS,
            unexplained + " repeats",
            "%d crashes x (%d in flight + %d finished, not committed) explain %d; most: %s"
                .formatted(
                    bounds.crashes(),
                    bounds.inFlight(),
                    bounds.finishedNotCommitted(),
                    bounds.repeatsOfCrashes(),
                    most)));
  }
}
