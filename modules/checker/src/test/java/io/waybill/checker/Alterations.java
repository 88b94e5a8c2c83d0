package io.waybill.checker;

import static io.waybill.checker.Run.NORTH;
import static io.waybill.checker.Run.ORG;
import static io.waybill.checker.Run.SOUTH;
import static io.waybill.checker.Run.id;
import static io.waybill.checker.Run.state;

import io.waybill.checker.Topics.DeadLetter;
import io.waybill.checker.Topics.Event;
import io.waybill.checker.Topics.TaskEvent;
import io.waybill.checker.Topics.TaskEvent.Kind;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What may be wrong with a run: each is one thing, and breaks exactly these rules. */
final class Alterations {
  private static final Set<Rule> NOT_RECEIVED = EnumSet.of(Rule.LOST, Rule.FALSE_DELIVERED);

  private Alterations() {}

  /** One of them. */
  record Alteration(String what, Set<Rule> broken, Consumer<Run> change) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Alteration> all() {
    return Stream.of(
        alter(
            "fan-out swallowed a request",
            Rule.LOST,
            run -> {
              run.events.removeIf(of(Run.PLAIN));
              run.events.removeIf(of(Run.DUPLICATE));
              run.events.add(new Topics.Rejected(Run.DUPLICATE, ORG, "invalid-field"));
              run.tasks.removeIf(task -> task.deliveryId().equals(Run.PLAIN));
              run.statuses.removeIf(status -> status.deliveryId().equals(Run.PLAIN));
              run.received.removeIf(one -> one.deliveryId().equals(Run.PLAIN));
            }),
        alter(
            "a dead letter is missing",
            Rule.LOST,
            run -> {
              run.deadLetters.removeIf(letterOf(Run.DIED));
            }),
        alter(
            "a destination got neither task nor refusal",
            Rule.LOST,
            run -> {
              run.submitted(Run.PLAIN, Submitted.Fate.ACKNOWLEDGED, NORTH, SOUTH);
            }),
        alter(
            "the last dead letter of a replayed task is missing",
            Rule.LOST,
            run -> {
              run.received.remove(last(run.received, one -> one.deliveryId().equals(Run.REPLAYED)));
              run.events.remove(last(run.events, of(Run.REPLAYED)));
              run.event(Run.REPLAYED, NORTH, 1, 1, Kind.DEAD_LETTERED, "timeout", false);
              run.statuses.remove(
                  last(run.statuses, status -> status.deliveryId().equals(Run.REPLAYED)));
              run.status(Run.REPLAYED, "failed", state(Run.REPLAYED, NORTH, "failed", 1, 1));
            }),
        alter(
            "a duplicate of what was never accepted",
            Rule.LOST,
            run -> {
              run.events.removeIf(of(Run.DUPLICATE));
              run.events.add(new Topics.Duplicate(Run.DUPLICATE, ORG, Run.REJECTED));
            }),
        alter(
            "a receiver's success is missing",
            NOT_RECEIVED,
            run -> {
              run.received.removeIf(one -> one.deliveryId().equals(Run.PLAIN));
            }),
        alter(
            "the receiver had answered 503",
            NOT_RECEIVED,
            run -> {
              run.received.removeIf(one -> one.deliveryId().equals(Run.PLAIN));
              run.received(Run.PLAIN, NORTH, 503);
            }),
        alter(
            "what was said to be delivered died",
            Rule.FALSE_DELIVERED,
            run -> {
              run.status(Run.DIED, "completed", state(Run.DIED, NORTH, "delivered", 0, 1));
            }),
        alter(
            "a receiver got what nobody submitted",
            Rule.PHANTOM,
            run -> {
              run.received("invented", NORTH, 200);
            }),
        alter(
            "a receiver got another destination's delivery",
            Rule.PHANTOM,
            run -> {
              run.received(Run.PLAIN, SOUTH, 200);
            }),
        alter(
            "a receiver got other bytes",
            Rule.PHANTOM,
            run -> {
              run.received.add(
                  Run.received(id(Run.DIED, NORTH), Run.DIED, NORTH, 503, Run.OTHER_HASH));
            }),
        alter(
            "an aborted submission was read",
            Rule.PHANTOM,
            run -> {
              run.deliver(Run.FAILED);
            }),
        alter(
            "a task under another organization",
            Rule.PHANTOM,
            run -> {
              run.tasks.removeIf(task -> task.deliveryId().equals(Run.PLAIN));
              run.tasks.add(
                  new Topics.Task(id(Run.PLAIN, NORTH), "hospital-002", Run.PLAIN, NORTH, 0, 0));
            }),
        alter("a task twice", Rule.FANOUT_DUP, run -> run.task(Run.PLAIN, NORTH, 0, 0)),
        alter("a retry let go twice", Rule.FANOUT_DUP, run -> run.task(Run.RETRIED, SOUTH, 0, 1)),
        alter("a replay twice", Rule.FANOUT_DUP, run -> run.task(Run.REPLAYED, NORTH, 1, 0)),
        alter("accepted twice", Rule.FANOUT_DUP, run -> run.accepted(Run.PLAIN, NORTH)),
        alter(
            "parked by fan-out and sent too",
            Rule.FANOUT_DUP,
            run -> {
              run.task(Run.CANCELLED, NORTH, 0, 0);
              run.task(Run.CANCELLED, NORTH, 0, 0);
            }),
        alter(
            "delivered twice over",
            Rule.RECORDED_TWICE,
            run -> {
              run.event(Run.PLAIN, NORTH, 0, 1, Kind.DELIVERED);
            }),
        alter(
            "a dead letter twice",
            Rule.RECORDED_TWICE,
            run -> {
              run.deadLetter(Run.DIED, NORTH, 0, 1);
            }),
        alter(
            "a retry parked twice",
            Rule.RECORDED_TWICE,
            run -> {
              run.parked(Run.RETRIED, SOUTH, 0, 1, "retry");
            }),
        alter(
            "an attempt failed twice over",
            Rule.RECORDED_TWICE,
            run -> {
              run.event(Run.DIED, NORTH, 0, 1, Kind.ATTEMPT_FAILED, "http-permanent", false);
            }),
        alter(
            "the second attempt has another id",
            Rule.BAD_ID,
            run -> {
              run.received.add(Run.received("another", Run.DIED, NORTH, 503, Run.GOOD_HASH));
            }),
        alter(
            "two tasks share an id",
            Rule.BAD_ID,
            run -> {
              run.received.replaceAll(one ->
                  one.deliveryId().equals(Run.PLAIN) ? withId(one, id(Run.DIED, NORTH)) : one);
            }),
        alter(
            "a task has not ended",
            Rule.STUCK,
            run -> {
              run.statuses.remove(
                  last(run.statuses, status -> status.deliveryId().equals(Run.RETRIED)));
            }),
        alter(
            "a delivery without status",
            Rule.STUCK,
            run -> {
              run.statuses.removeIf(status -> status.deliveryId().equals(Run.REJECTED));
            }),
        alter(
            "all destinations ended, the delivery not",
            Rule.STUCK,
            run -> {
              run.statuses.remove(
                  last(run.statuses, status -> status.deliveryId().equals(Run.PLAIN)));
              run.status(Run.PLAIN, "processing", state(Run.PLAIN, NORTH, "delivered", 0, 1));
            }),
        alter(
            "delivered, then retrying, then delivered",
            Rule.NONMONO,
            run -> {
              run.status(Run.PLAIN, "processing", state(Run.PLAIN, NORTH, "retrying", 0, 1));
              run.status(Run.PLAIN, "completed", state(Run.PLAIN, NORTH, "delivered", 0, 1));
            }),
        alter(
            "attempts went back",
            Rule.NONMONO,
            run -> {
              run.status(
                  Run.RETRIED,
                  "completed",
                  state(Run.RETRIED, NORTH, "delivered", 0, 1),
                  state(Run.RETRIED, SOUTH, "delivered", 0, 1));
            }),
        alter(
            "a replay was forgotten",
            Rule.NONMONO,
            run -> {
              run.status(Run.REPLAYED, "failed", state(Run.REPLAYED, NORTH, "failed", 0, 1));
            }),
        alter(
            "accepted, then rejected, then accepted",
            Rule.NONMONO,
            run -> {
              run.status(Run.PLAIN, "rejected");
              run.status(Run.PLAIN, "completed", state(Run.PLAIN, NORTH, "delivered", 0, 1));
            }),
        alter(
            "a destination fell out of the status",
            Rule.NONMONO,
            run -> {
              run.status(Run.REFUSED, "completed", state(Run.REFUSED, NORTH, "delivered", 0, 1));
            }),
        alter(
            "purged while under way",
            Rule.NONMONO,
            run -> {
              run.statuses.remove(
                  last(run.statuses, status -> status.deliveryId().equals(Run.RETRIED)));
              run.statuses.add(new Topics.Purged(Run.RETRIED));
            }),
        alter(
            "one repeat more than the crash explains",
            Rule.DUPS,
            run -> {
              run.received(Run.PLAIN, NORTH, 200);
            }),
        alter(
            "the late answer was none",
            Rule.DUPS,
            run -> {
              run.events.replaceAll(event ->
                  event instanceof TaskEvent task && task.reason().equals(Optional.of("timeout"))
                      ? withReason(task, "http-transient")
                      : event);
            }));
  }

  private static Alteration alter(String what, Rule broken, Consumer<Run> change) {
    return alter(what, EnumSet.of(broken), change);
  }

  private static Alteration alter(String what, Set<Rule> broken, Consumer<Run> change) {
    return new Alteration(what, broken, change);
  }

  private static Predicate<Event> of(String delivery) {
    return event -> event.deliveryId().equals(delivery);
  }

  private static Predicate<DeadLetter> letterOf(String delivery) {
    return letter -> letter.task().filter(task -> task.deliveryId().equals(delivery)).isPresent();
  }

  private static <T> T last(List<T> all, Predicate<? super T> wanted) {
    return all.stream().filter(wanted).reduce((_, later) -> later).orElseThrow();
  }

  private static Received withId(Received one, String id) {
    return new Received(
        id,
        one.deliveryId(),
        one.destinationId(),
        one.receivedAt(),
        one.answeredAt(),
        one.status(),
        one.dataSha256());
  }

  private static TaskEvent withReason(TaskEvent event, String reason) {
    return new TaskEvent(
        event.deliveryId(),
        event.organizationId(),
        event.taskId(),
        event.destinationId(),
        event.generation(),
        event.attempt(),
        event.kind(),
        Optional.of(reason),
        event.goesOn());
  }
}
