package io.waybill.app.cli;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.Task;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Replays or reroutes dead-lettered tasks: publishes a command for each that still lies dead, and
 * watches the status take it. Whether a task is sent again is decided by the status topology alone,
 * so that two people who replay the same letter make one sending.
 *
 * <p>Some hundreds of commands are under way at a time; more wait until the status has taken those.
 * Single use, by one thread.
 */
final class ReplayRun implements AutoCloseable {
  private static final int MOST_UNDER_WAY = 500;
  private static final Duration POLL = Duration.ofMillis(200);

  private final Connection connection;
  private final Environment environment;
  private final List<Replay.Candidate> tasks;
  private final Optional<Destination> target;
  private final ReplayFeed feed;
  private final List<Replay.Candidate> dead = new ArrayList<>();
  private final Map<Replay.Candidate, Replay.Result> results = new LinkedHashMap<>();
  private final Set<Replay.Candidate> underWay = new HashSet<>();
  private int taken;

  /**
   * Looks how the tasks stand.
   *
   * @param target where they are to be rerouted to; absent to replay them
   * @param evenStoodIn whether to replay also what another destination has in their place
   */
  ReplayRun(
      Connection connection,
      Environment environment,
      List<Replay.Candidate> tasks,
      Optional<Destination> target,
      boolean evenStoodIn,
      Consumer<String> warn) {
    this.connection = connection;
    this.environment = environment;
    this.tasks = List.copyOf(tasks);
    this.target = target;
    feed = new ReplayFeed(connection, tasks, target.map(Destination::id), warn);
    for (Replay.Candidate one : tasks) {
      switch (feed.of(one)) {
        case UNKNOWN -> results.put(one, Replay.Result.NO_STATUS);
        case REPLAYED -> results.put(one, Replay.Result.ALREADY_REPLAYED);
        case REROUTED -> results.put(one, Replay.Result.ALREADY_REROUTED);
        case NAMED_BY_REQUEST -> results.put(one, Replay.Result.NAMED_BY_REQUEST);
        case STOOD_IN -> {
          if (evenStoodIn && target.isEmpty()) {
            dead.add(one);
          } else {
            results.put(one, Replay.Result.STOOD_IN);
          }
        }
        case DEAD -> dead.add(one);
      }
    }
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
   * Publishes and waits.
   *
   * @param quietFor stops when the status has taken nothing for so long
   * @param progress is told how many it has taken
   */
  Map<Replay.Candidate, Replay.Result> run(Duration quietFor, Progress progress) {
    dead.forEach(one -> results.put(one, Replay.Result.NOT_SENT));
    try (DeadLetterReader reader = new DeadLetterReader(connection, dead)) {
      boolean isTaken = true;
      while (isTaken && reader.hasNext()) {
        DeadLetterReader.Letter letter = reader.next();
        send(letter.task());
        results.put(letter.candidate(), Replay.Result.NOT_TAKEN);
        underWay.add(letter.candidate());
        isTaken = awaitUntil(MOST_UNDER_WAY - 1, quietFor, progress);
      }
      connection.flush();
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
      feed.poll(POLL);
      int before = underWay.size();
      underWay.removeIf(this::isTaken);
      if (underWay.size() < before) {
        taken += before - underWay.size();
        progress.show(taken);
        quiet = new Countdown(quietFor);
      }
    }
    return true;
  }

  private boolean isTaken(Replay.Candidate one) {
    boolean isTaken =
        feed.of(one) == (target.isEmpty() ? ReplayStanding.REPLAYED : ReplayStanding.REROUTED);
    if (isTaken) {
      results.put(one, goal(Replay.Result.REPLAYED, Replay.Result.REROUTED));
    }
    return isTaken;
  }

  private Replay.Result goal(Replay.Result replayed, Replay.Result rerouted) {
    return target.isEmpty() ? replayed : rerouted;
  }

  private Map<Replay.Candidate, Replay.Result> inOrder() {
    Map<Replay.Candidate, Replay.Result> ordered = new LinkedHashMap<>();
    tasks.forEach(one -> ordered.put(one, results.getOrDefault(one, Replay.Result.NOT_SENT)));
    return ordered;
  }

  private void send(Task task) {
    DeliveryCommand.Action action =
        target
            .<DeliveryCommand.Action>map(to -> reroute(task, to))
            .orElseGet(() -> new DeliveryCommand.Replay(task));
    DeliveryCommand command =
        new DeliveryCommand(
            UUID.randomUUID(),
            task.deliveryId(),
            task.organizationId(),
            environment.actor(),
            environment.clock().instant(),
            action);
    connection.sendSoon(
        Topics.COMMANDS,
        task.deliveryId().toString(),
        connection.codecs().commands().encode(Topics.COMMANDS, command));
  }

  private static DeliveryCommand.Reroute reroute(Task task, Destination to) {
    DestinationId id = to.id();
    return new DeliveryCommand.Reroute(
        task, new FallbackTarget(id, to.type(), to.version()), to.organizationId());
  }

  @Override
  public void close() {
    feed.close();
  }
}
