package io.waybill.soak;

import io.waybill.checker.Bounds;
import io.waybill.checker.Received;
import io.waybill.checker.Topics;
import io.waybill.checker.Topics.TaskEvent;
import io.waybill.soak.Fault.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What came again although it had succeeded, and which faults may be the reason. The checker
 * counts; this looks at each one: what no fault found unfinished must not come again, and that
 * somebody was asked to stop is no reason at all.
 */
final class Repeated {
  /** The commit interval and one transaction, on a machine that is busy. */
  private static final Duration COMMITTED_WITHIN = Duration.ofSeconds(2);

  /** What a process had sent when it ended may still be on its way to the receiver. */
  private static final Duration ARRIVES_WITHIN = Duration.ofMillis(500);

  /** A request that nobody answers counts as under way while its sender may wait for it. */
  private static final Duration GIVEN_UP_WITHIN = Duration.ofSeconds(7);

  /** When brokers are back, members may have been thrown out, and learn of it by and by. */
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(15);

  /** The words of the checker: the sender cannot know whether the receiver has it. */
  private static final Set<String> UNREADABLE =
      Set.of("timeout", "connection-lost", "protocol-error", "channel-error");

  private final List<Received> received;
  private final List<Happened> happened;
  private final Topics topics;

  Repeated(List<Received> received, List<Happened> happened, Topics topics) {
    this.received = received;
    this.happened = happened;
    this.topics = topics;
  }

  /** A time in which sends of a type may have been cut off; of all when the type is empty. */
  private record Excuse(String type, Instant from, Instant to) {
    boolean covers(Received one) {
      return one.destinationId().startsWith(type)
          && one.receivedAt().isBefore(to)
          && endOf(one).isAfter(from);
    }
  }

  private static Instant endOf(Received one) {
    return one.answeredAt().orElse(one.receivedAt().plus(GIVEN_UP_WITHIN));
  }

  private static boolean isSuccess(Received one) {
    return one.status().isPresent() && one.status().getAsInt() / 100 == 2;
  }

  /**
   * How much the checker is to allow: the sum over the crashes of what was open at each, at
   * destinations that it could concern. One crash that had all of it open allows the same.
   */
  Bounds bounds() {
    long underWay = 0;
    long answered = 0;
    for (Happened crash : happened) {
      if (!cutsSends(crash)) {
        continue;
      }
      Excuse open = openAt(crash);
      for (Received one : received) {
        if (open.covers(one)) {
          if (endOf(one).isAfter(crash.at())) {
            underWay++;
          } else {
            answered++;
          }
        }
      }
    }
    return new Bounds(1, underWay, answered);
  }

  /** What was under way when it came, or had ended and may not have been committed. */
  private static Excuse openAt(Happened one) {
    return new Excuse(
        Roster.typeOf(one.victim()),
        one.at().minus(COMMITTED_WITHIN),
        one.at().plus(ARRIVES_WITHIN));
  }

  /** Whether it may leave a sender's outcomes uncommitted. Being asked to stop must not. */
  private static boolean cutsSends(Happened one) {
    boolean isSender = Roster.isSender(one.victim());
    return (isSender
            && (one.is(Kind.KILL) || one.is(Kind.STOP) || one.what().equals(Happened.DIED)))
        || Roster.isBroker(one.victim())
        || one.victim().equals(Roster.KAFKA_LINK);
  }

  /** Successes that came again, and that nothing explains. */
  List<Received> unexplained() {
    Set<String> unreadable = unreadable();
    List<Excuse> excuses = excuses();
    Map<String, List<Received>> byTask =
        received.stream()
            .filter(Repeated::isSuccess)
            .collect(Collectors.groupingBy(one -> one.deliveryId() + " " + one.destinationId()));
    List<Received> unexplained = new ArrayList<>();
    byTask.forEach((task, receipts) -> {
      if (receipts.size() > 1 && !unreadable.contains(task)) {
        receipts.stream()
            .sorted(Comparator.comparing(Received::receivedAt))
            .limit(receipts.size() - 1L)
            .filter(one -> excuses.stream().noneMatch(excuse -> excuse.covers(one)))
            .forEach(unexplained::add);
      }
    });
    return unexplained;
  }

  /** Those of them that were under way when their sender was asked to stop. */
  static List<Received> ofStops(Collection<Received> unexplained, List<Happened> happened) {
    List<Excuse> stops =
        happened.stream()
            .filter(one -> one.is(Kind.TERM) && Roster.isSender(one.victim()))
            .map(one ->
                new Excuse(
                    Roster.typeOf(one.victim()),
                    one.at().minus(COMMITTED_WITHIN),
                    one.at().plus(one.took()).plus(ARRIVES_WITHIN)))
            .toList();
    return unexplained.stream()
        .filter(one -> stops.stream().anyMatch(stop -> stop.covers(one)))
        .toList();
  }

  private Set<String> unreadable() {
    return topics.events().stream()
        .filter(TaskEvent.class::isInstance)
        .map(TaskEvent.class::cast)
        .filter(event ->
            event.kind() == TaskEvent.Kind.ATTEMPT_FAILED
                && event.reason().filter(UNREADABLE::contains).isPresent())
        .map(event -> event.deliveryId() + " " + event.destinationId())
        .collect(Collectors.toSet());
  }

  private List<Excuse> excuses() {
    List<Excuse> excuses = new ArrayList<>();
    for (Happened one : happened) {
      Instant from = one.at().minus(COMMITTED_WITHIN);
      String type = Roster.typeOf(one.victim());
      if (Roster.isBroker(one.victim()) || one.victim().equals(Roster.KAFKA_LINK)) {
        excuses.add(new Excuse(type, from, one.over().plus(SETTLES_WITHIN)));
      } else if (cutsSends(one) && one.is(Kind.STOP)) {
        excuses.add(new Excuse(type, from, one.until().plus(COMMITTED_WITHIN)));
      } else if (cutsSends(one)) {
        excuses.add(openAt(one));
      }
    }
    return excuses;
  }
}
