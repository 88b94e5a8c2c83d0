package io.waybill.checker;

import io.waybill.checker.Topics.Accepted;
import io.waybill.checker.Topics.DeadLetter;
import io.waybill.checker.Topics.DestinationState;
import io.waybill.checker.Topics.Event;
import io.waybill.checker.Topics.Known;
import io.waybill.checker.Topics.Made;
import io.waybill.checker.Topics.Parked;
import io.waybill.checker.Topics.Status;
import io.waybill.checker.Topics.Task;
import io.waybill.checker.Topics.TaskEvent;
import io.waybill.checker.Topics.TaskEvent.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** A run in which everything went as promised, of all that can happen to a delivery; alterable. */
final class Run {
  static final String ORG = "hospital-001";
  static final String NORTH = "north";
  static final String SOUTH = "south";
  static final String GOOD_HASH = "a".repeat(64);
  static final String OTHER_HASH = "b".repeat(64);
  static final Bounds ONE_REPEAT = new Bounds(1, 1, 0);

  // Deliveries, named after what became of them.
  static final String PLAIN = "plain";
  static final String RETRIED = "retried";
  static final String DIED = "died";
  static final String REPLAYED = "replayed";
  static final String REPEATED = "repeated-after-a-crash";
  static final String ANSWERED_LATE = "answered-late";
  static final String CANCELLED = "cancelled";
  static final String REFUSED = "one-destination-refused";
  static final String REJECTED = "rejected";
  static final String DUPLICATE = "duplicate";
  static final String UNKNOWN_AND_THERE = "not-acknowledged-and-there";
  static final String UNKNOWN_AND_GONE = "not-acknowledged-and-gone";
  static final String FAILED = "never-published";

  private static final Instant START = Instant.parse("2026-01-31T08:00:00Z");

  final List<Submitted> submitted = new ArrayList<>();
  final List<Received> received = new ArrayList<>();
  final List<Task> tasks = new ArrayList<>();
  final List<Parked> parked = new ArrayList<>();
  final List<Event> events = new ArrayList<>();
  final List<Status> statuses = new ArrayList<>();
  final List<DeadLetter> deadLetters = new ArrayList<>();

  static Run good() {
    Run run = new Run();
    run.deliveredAtOnce(PLAIN);
    run.retriedOnceAtOneOfTwo();
    run.died();
    run.replayed();
    run.repeatedAfterCrash();
    run.answeredLate();
    run.cancelledWhileParked();
    run.oneDestinationRefused();
    run.rejected();
    run.duplicate();
    run.submitted(UNKNOWN_AND_THERE, Submitted.Fate.UNKNOWN, NORTH);
    run.deliver(UNKNOWN_AND_THERE);
    run.submitted(UNKNOWN_AND_GONE, Submitted.Fate.UNKNOWN, NORTH);
    run.submitted(FAILED, Submitted.Fate.FAILED, NORTH);
    return run;
  }

  History history() {
    return new History(submitted, received);
  }

  Topics topics() {
    return new Topics(tasks, parked, events, statuses, deadLetters, Map.of());
  }

  private void deliveredAtOnce(String delivery) {
    submitted(delivery, Submitted.Fate.ACKNOWLEDGED, NORTH);
    deliver(delivery);
  }

  void deliver(String delivery) {
    accepted(delivery, NORTH);
    task(delivery, NORTH, 0, 0);
    status(delivery, "queued", state(delivery, NORTH, "pending", 0, 0));
    received(delivery, NORTH, 200);
    event(delivery, NORTH, 0, 1, Kind.DELIVERED);
    status(delivery, "completed", state(delivery, NORTH, "delivered", 0, 1));
  }

  private void retriedOnceAtOneOfTwo() {
    submitted(RETRIED, Submitted.Fate.ACKNOWLEDGED, NORTH, SOUTH);
    accepted(RETRIED, NORTH, SOUTH);
    task(RETRIED, NORTH, 0, 0);
    task(RETRIED, SOUTH, 0, 0);
    received(RETRIED, NORTH, 200);
    event(RETRIED, NORTH, 0, 1, Kind.DELIVERED);
    received(RETRIED, SOUTH, 503);
    event(RETRIED, SOUTH, 0, 1, Kind.ATTEMPT_FAILED, "http-transient", true);
    parked(RETRIED, SOUTH, 0, 1, "retry");
    status(
        RETRIED,
        "processing",
        state(RETRIED, NORTH, "delivered", 0, 1),
        state(RETRIED, SOUTH, "retrying", 0, 1));
    task(RETRIED, SOUTH, 0, 1);
    received(RETRIED, SOUTH, 204);
    event(RETRIED, SOUTH, 0, 2, Kind.DELIVERED);
    status(
        RETRIED,
        "completed",
        state(RETRIED, NORTH, "delivered", 0, 1),
        state(RETRIED, SOUTH, "delivered", 0, 2));
  }

  private void died() {
    submitted(DIED, Submitted.Fate.ACKNOWLEDGED, NORTH);
    accepted(DIED, NORTH);
    die(DIED);
  }

  private void die(String delivery) {
    task(delivery, NORTH, 0, 0);
    received(delivery, NORTH, 400);
    event(delivery, NORTH, 0, 1, Kind.ATTEMPT_FAILED, "http-permanent", false);
    event(delivery, NORTH, 0, 1, Kind.DEAD_LETTERED, "http-permanent", false);
    deadLetter(delivery, NORTH, 0, 1);
    status(delivery, "failed", state(delivery, NORTH, "failed", 0, 1));
  }

  private void replayed() {
    submitted(REPLAYED, Submitted.Fate.ACKNOWLEDGED, NORTH);
    accepted(REPLAYED, NORTH);
    die(REPLAYED);
    status(REPLAYED, "queued", state(REPLAYED, NORTH, "pending", 1, 0));
    task(REPLAYED, NORTH, 1, 0);
    received(REPLAYED, NORTH, 200);
    event(REPLAYED, NORTH, 1, 1, Kind.DELIVERED);
    status(REPLAYED, "completed", state(REPLAYED, NORTH, "delivered", 1, 1));
  }

  private void repeatedAfterCrash() {
    deliveredAtOnce(REPEATED);
    received(REPEATED, NORTH, 200);
  }

  private void answeredLate() {
    submitted(ANSWERED_LATE, Submitted.Fate.ACKNOWLEDGED, NORTH);
    accepted(ANSWERED_LATE, NORTH);
    task(ANSWERED_LATE, NORTH, 0, 0);
    received(ANSWERED_LATE, NORTH, 200);
    event(ANSWERED_LATE, NORTH, 0, 1, Kind.ATTEMPT_FAILED, "timeout", true);
    parked(ANSWERED_LATE, NORTH, 0, 1, "retry");
    task(ANSWERED_LATE, NORTH, 0, 1);
    received(ANSWERED_LATE, NORTH, 200);
    event(ANSWERED_LATE, NORTH, 0, 2, Kind.DELIVERED);
    status(ANSWERED_LATE, "completed", state(ANSWERED_LATE, NORTH, "delivered", 0, 2));
  }

  private void cancelledWhileParked() {
    submitted(CANCELLED, Submitted.Fate.ACKNOWLEDGED, NORTH);
    accepted(CANCELLED, NORTH);
    parked(CANCELLED, NORTH, 0, 0, "deliver-at");
    status(CANCELLED, "queued", state(CANCELLED, NORTH, "parked", 0, 0));
    status(CANCELLED, "cancelled", state(CANCELLED, NORTH, "cancelled", 0, 0));
  }

  private void oneDestinationRefused() {
    submitted(REFUSED, Submitted.Fate.ACKNOWLEDGED, NORTH, "nowhere");
    events.add(
        new Accepted(
            REFUSED, ORG, List.of(new Made(id(REFUSED, NORTH), NORTH)), Set.of("nowhere")));
    task(REFUSED, NORTH, 0, 0);
    received(REFUSED, NORTH, 200);
    event(REFUSED, NORTH, 0, 1, Kind.DELIVERED);
    status(
        REFUSED,
        "partial",
        state(REFUSED, NORTH, "delivered", 0, 1),
        new DestinationState("nowhere", Optional.empty(), "failed", 0, 0));
  }

  private void rejected() {
    submitted(REJECTED, Submitted.Fate.ACKNOWLEDGED, NORTH);
    events.add(new Topics.Rejected(REJECTED, ORG, "invalid-field"));
    deadLetters.add(new DeadLetter(Optional.of(ORG), Optional.empty(), "invalid-field"));
    status(REJECTED, "rejected");
  }

  private void duplicate() {
    submitted(DUPLICATE, Submitted.Fate.ACKNOWLEDGED, NORTH);
    events.add(new Topics.Duplicate(DUPLICATE, ORG, PLAIN));
    status(DUPLICATE, "duplicate");
  }

  // What single records and lines look like.

  static String id(String delivery, String destination) {
    return "id-of-" + delivery + "-" + destination;
  }

  void submitted(String delivery, Submitted.Fate fate, String... destinations) {
    submitted.add(
        new Submitted(delivery, ORG, List.of(destinations), fate, now(), Optional.of(GOOD_HASH)));
  }

  void received(String delivery, String destination, int status) {
    received.add(received(id(delivery, destination), delivery, destination, status, GOOD_HASH));
  }

  static Received received(
      String id, String delivery, String destination, int status, String hash) {
    return new Received(
        id,
        delivery,
        destination,
        START,
        Optional.of(START.plusMillis(5)),
        OptionalInt.of(status),
        Optional.of(hash));
  }

  void accepted(String delivery, String... destinations) {
    List<Made> made = new ArrayList<>();
    for (String destination : destinations) {
      made.add(new Made(id(delivery, destination), destination));
    }
    events.add(new Accepted(delivery, ORG, made, Set.of()));
  }

  void task(String delivery, String destination, int generation, int attempts) {
    tasks.add(aTask(delivery, destination, generation, attempts));
  }

  static Task aTask(String delivery, String destination, int generation, int attempts) {
    return new Task(id(delivery, destination), ORG, delivery, destination, generation, attempts);
  }

  void parked(String delivery, String destination, int generation, int attempts, String reason) {
    parked.add(new Parked(aTask(delivery, destination, generation, attempts), reason));
  }

  void event(String delivery, String destination, int generation, int attempt, Kind kind) {
    event(delivery, destination, generation, attempt, kind, "", false);
  }

  void event(
      String delivery,
      String destination,
      int generation,
      int attempt,
      Kind kind,
      String reason,
      boolean goesOn) {
    events.add(
        new TaskEvent(
            delivery,
            ORG,
            id(delivery, destination),
            destination,
            generation,
            attempt,
            kind,
            Optional.of(reason).filter(word -> !word.isEmpty()),
            goesOn));
  }

  void deadLetter(String delivery, String destination, int generation, int attempts) {
    deadLetters.add(
        new DeadLetter(
            Optional.of(ORG),
            Optional.of(aTask(delivery, destination, generation, attempts)),
            "http-permanent"));
  }

  void status(String delivery, String state, DestinationState... destinations) {
    statuses.add(new Known(delivery, ORG, state, List.of(destinations)));
  }

  static DestinationState state(
      String delivery, String destination, String state, int generation, int attempts) {
    return new DestinationState(
        destination, Optional.of(id(delivery, destination)), state, generation, attempts);
  }

  private Instant now() {
    return START.plus(Duration.ofMillis(submitted.size()));
  }
}
