package io.waybill.app.cli;

import io.waybill.client.plan.CommandRefusal;
import io.waybill.domain.Destination;
import io.waybill.domain.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Replays or reroutes dead-lettered tasks: publishes a command for each that still lies dead, and
 * watches the status take it. Whether a task is sent again is decided by the status topology alone,
 * so that two people who replay the same letter make one sending.
 *
 * <p>Some hundreds of commands are under way at a time; more wait until the status has taken those,
 * or they are refused. Single use, by one thread.
 */
final class ReplayRun implements AutoCloseable {
  private static final int MOST_UNDER_WAY = 500;
  private static final Duration POLL = Duration.ofMillis(200);

  private final List<Replay.Candidate> tasks;
  private final boolean isReroute;
  private final boolean evenStoodIn;
  private final Standings standings;
  private final Function<List<Replay.Candidate>, Letters> letters;
  private final Outbox outbox;
  private final Refusals refusals;
  private final List<Replay.Candidate> dead = new ArrayList<>();
  private final Map<Replay.Candidate, Replay.Result> results = new LinkedHashMap<>();
  private final Map<Replay.Candidate, CommandRefusal> refused = new HashMap<>();
  private final Map<Replay.Candidate, UUID> underWay = new HashMap<>();
  private int taken;

  /** Where commands go. */
  interface Outbox {
    /** Asks for another life of a task; may return before that is published, with its id. */
    UUID send(Task task);

    /** Returns when all of it is published. */
    void flush();
  }

  /**
   * Sorts the tasks by how they stand.
   *
   * @param isReroute whether they are to go to another destination
   * @param evenStoodIn whether to replay also what another destination has in their place
   * @param standings closed with this run
   * @param letters reads the dead letters of those again
   * @param refusals of what the outbox sends; closed with this run
   */
  ReplayRun(
      List<Replay.Candidate> tasks,
      boolean isReroute,
      boolean evenStoodIn,
      Standings standings,
      Function<List<Replay.Candidate>, Letters> letters,
      Outbox outbox,
      Refusals refusals) {
    this.tasks = List.copyOf(tasks);
    this.isReroute = isReroute;
    this.evenStoodIn = evenStoodIn;
    this.standings = standings;
    this.letters = letters;
    this.outbox = outbox;
    this.refusals = refusals;
    for (Replay.Candidate one : tasks) {
      leftOut(one).ifPresentOrElse(why -> results.put(one, why), () -> dead.add(one));
    }
  }

  /**
   * Looks over a connection how the tasks stand.
   *
   * @param target where they are to be rerouted to; absent to replay them
   */
  static ReplayRun over(
      Connection connection,
      Environment environment,
      List<Replay.Candidate> tasks,
      Optional<Destination> target,
      boolean evenStoodIn,
      Consumer<String> warn) {
    Refusals refusals = RefusalFeed.over(connection, warn);
    try {
      return new ReplayRun(
          tasks,
          target.isPresent(),
          evenStoodIn,
          new ReplayFeed(connection, tasks, target.map(Destination::id), warn),
          dead ->
              new DeadLetterReader(
                  connection.consumer(),
                  connection.codecs().deadLetters(),
                  connection::failure,
                  dead),
          new ReplayCommands(connection, environment, target),
          refusals);
    } catch (RuntimeException e) {
      refusals.close();
      throw e;
    }
  }

  /** Why a task is not to be sent, as it stands now. */
  private Optional<Replay.Result> leftOut(Replay.Candidate one) {
    return switch (standings.of(one)) {
      case UNKNOWN -> Optional.of(Replay.Result.NO_STATUS);
      case REPLAYED -> Optional.of(Replay.Result.ALREADY_REPLAYED);
      case REROUTED -> Optional.of(Replay.Result.ALREADY_REROUTED);
      case STAND_IN_FAILED -> Optional.of(Replay.Result.STAND_IN_FAILED);
      case NAMED_BY_REQUEST -> Optional.of(Replay.Result.NAMED_BY_REQUEST);
      case STOOD_IN ->
          evenStoodIn && !isReroute ? Optional.empty() : Optional.of(Replay.Result.STOOD_IN);
      case DEAD -> Optional.empty();
    };
  }

  /** Those that still lie dead. */
  List<Replay.Candidate> dead() {
    return List.copyOf(dead);
  }

  /** What is known of the others. */
  Map<Replay.Candidate, Replay.Result> leftOut() {
    return Map.copyOf(results);
  }

  /** What would come of it, with nothing published. */
  Map<Replay.Candidate, Replay.Result> dryRun() {
    dead.forEach(one -> results.put(one, goal(Replay.Result.TO_REPLAY, Replay.Result.TO_REROUTE)));
    return inOrder();
  }

  /**
   * Publishes and waits. Looks again at each task before: whoever was asked for a yes may have
   * taken an hour, and the commands before it may have been about its delivery.
   *
   * @param quietFor stops when the status has taken nothing for so long
   * @param progress is told how many it has taken
   */
  Map<Replay.Candidate, Replay.Result> run(Duration quietFor, Progress progress) {
    dead.forEach(one -> results.put(one, Replay.Result.NOT_SENT));
    standings.catchUp();
    try (Letters reader = letters.apply(dead)) {
      boolean isTaken = true;
      while (isTaken && reader.hasNext()) {
        Letters.Letter letter = reader.next();
        Replay.Candidate one = letter.candidate();
        standings.poll(Duration.ZERO);
        Optional<Replay.Result> unsent =
            leftOut(one)
                .or(() ->
                    letter.task().isEmpty() ? Optional.of(Replay.Result.GONE) : Optional.empty());
        if (unsent.isPresent()) {
          results.put(one, unsent.get());
          continue;
        }
        UUID command = outbox.send(letter.task().orElseThrow());
        refusals.expect(command);
        results.put(one, Replay.Result.NOT_TAKEN);
        underWay.put(one, command);
        isTaken = awaitUntil(MOST_UNDER_WAY - 1, quietFor, progress);
      }
      outbox.flush();
      if (isTaken) {
        awaitUntil(0, quietFor, progress);
      }
    }
    progress.end(taken);
    return inOrder();
  }

  /** Waits until no more than that many are under way. */
  private boolean awaitUntil(int most, Duration quietFor, Progress progress) {
    Countdown quiet = new Countdown(quietFor);
    while (underWay.size() > most) {
      if (quiet.isOver()) {
        return false;
      }
      standings.poll(POLL);
      int before = underWay.size();
      underWay.keySet().removeIf(this::isTaken);
      if (underWay.size() < before) {
        taken += before - underWay.size();
        progress.show(taken);
      }
      takeRefusals();
      if (underWay.size() < before) {
        quiet = new Countdown(quietFor);
      }
    }
    return true;
  }

  /** A refused one is decided about as well: it makes room for the next. */
  private void takeRefusals() {
    refusals.poll();
    Map<Replay.Candidate, CommandRefusal> now = new HashMap<>();
    underWay.forEach(
        (one, command) -> refusals.of(command).ifPresent(refusal -> now.put(one, refusal)));
    if (now.isEmpty()) {
      return;
    }
    // What stands against it may be in the status: somebody else's replay of the same letter, say.
    standings.catchUp();
    now.forEach((one, refusal) -> {
      underWay.remove(one);
      Optional<Replay.Result> known = leftOut(one);
      if (known.isEmpty()) {
        refused.put(one, refusal);
      }
      results.put(one, known.orElse(Replay.Result.REFUSED));
    });
  }

  /** Why, of those that were refused. */
  Map<Replay.Candidate, CommandRefusal> refusals() {
    return Map.copyOf(refused);
  }

  private boolean isTaken(Replay.Candidate one) {
    ReplayStanding standing = standings.of(one);
    boolean isTaken =
        isReroute
            // And may have failed there already.
            ? standing == ReplayStanding.REROUTED || standing == ReplayStanding.STAND_IN_FAILED
            : standing == ReplayStanding.REPLAYED;
    if (isTaken) {
      results.put(one, goal(Replay.Result.REPLAYED, Replay.Result.REROUTED));
    }
    return isTaken;
  }

  private Replay.Result goal(Replay.Result replayed, Replay.Result rerouted) {
    return isReroute ? rerouted : replayed;
  }

  private Map<Replay.Candidate, Replay.Result> inOrder() {
    Map<Replay.Candidate, Replay.Result> ordered = new LinkedHashMap<>();
    tasks.forEach(one -> ordered.put(one, results.getOrDefault(one, Replay.Result.NOT_SENT)));
    return ordered;
  }

  @Override
  public void close() {
    try (refusals) {
      standings.close();
    }
  }
}
