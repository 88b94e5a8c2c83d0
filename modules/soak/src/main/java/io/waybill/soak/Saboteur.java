package io.waybill.soak;

import io.waybill.soak.Fault.Kind;
import io.waybill.testkit.FaultProxy;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Does what a schedule says, when it says so. What happens to one victim, or to the brokers,
 * happens one after the other; a fault waits until its victim works again. All else goes on side by
 * side.
 */
final class Saboteur implements AutoCloseable {
  /** How long a process may take to end when it is asked to. */
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(60);

  private static final Duration QUIET_WITHIN = Duration.ofMinutes(10);
  private static final Duration IN_SYNC_WITHIN = Duration.ofMinutes(2);
  private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  private static final Duration LATENCY = Duration.ofMillis(200);
  private static final FaultProxy.Sliced SLICES = new FaultProxy.Sliced(64, Duration.ofMillis(5));

  private final Installation installation;
  private final Load load;
  private final RunFiles.Lines lines;
  private final Map<String, ExecutorService> turns = new ConcurrentHashMap<>();
  private final Set<String> reviving = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService watchman =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("watchman").factory());

  /** From now on what dies by itself is written down and started again, until {@link #finish}. */
  Saboteur(Installation installation, Load load, RunFiles files) {
    this.installation = installation;
    this.load = load;
    lines = new RunFiles.Lines(files.faults());
    var _ =
        watchman.scheduleWithFixedDelay(
            this::reviveTheDead,
            LOOK_AGAIN.toMillis(),
            LOOK_AGAIN.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Returns when the last fault has been given out, not when it is over. */
  void carryOut(List<Fault> schedule) throws InterruptedException {
    Instant begin = Instant.now();
    for (Fault fault : schedule) {
      Instant at = begin.plus(fault.at());
      long left = Duration.between(Instant.now(), at).toMillis();
      TimeUnit.MILLISECONDS.sleep(Math.max(0, left));
      turn(fault.victim(), () -> carryOut(fault));
    }
  }

  private void turn(String victim, Runnable task) {
    String whose = Roster.isBroker(victim) ? Roster.BROKER : victim;
    turns
        .computeIfAbsent(
            whose,
            name ->
                Executors.newSingleThreadExecutor(
                    Thread.ofVirtual().name("saboteur-of-" + name).factory()))
        .execute(() -> {
          try {
            task.run();
          } catch (RuntimeException | AssertionError e) {
            lines.add(Happened.failed(victim, e.getMessage()).line());
          }
        });
  }

  /** A process that ended by itself is a finding, and is started again. */
  private void reviveTheDead() {
    for (Part part : installation.all()) {
      if (part.hasDied() && reviving.add(part.name())) {
        turn(
            part.name(),
            () -> {
              try {
                reviveIfDead(part);
              } finally {
                reviving.remove(part.name());
              }
            });
      }
    }
  }

  /** In the victim's turn. */
  private void reviveIfDead(Part part) {
    if (part.hasDied()) {
      Instant at = Instant.now();
      int code = part.exitCode();
      Instant back = part.startAgain();
      lines.add(Happened.died(part.name(), code, at, back).line());
    }
  }

  private void carryOut(Fault fault) {
    Happened happened =
        switch (fault.kind()) {
          case KILL, TERM, STOP -> signal(fault);
          case TWO_DOWN -> twoDown(fault);
          case REFUSES -> spoil(fault, new FaultProxy.Refuses());
          case RESETS -> spoil(fault, new FaultProxy.Resets());
          case SLOW -> spoil(fault, new FaultProxy.Slow(LATENCY));
          case SLICES -> spoil(fault, SLICES);
          case BLACK_HOLE -> spoil(fault, new FaultProxy.BlackHole());
        };
    lines.add(happened.line());
  }

  private Happened signal(Fault fault) {
    if (!Roster.isBroker(fault.victim())) {
      return signal(fault, installation.part(fault.victim()), List.of());
    }
    // The one that leads a partition, another one each time.
    Map<Part, List<Integer>> leaders = installation.cluster().leaders(Topics.REQUESTS);
    List<Part> leading = List.copyOf(leaders.keySet());
    Part leader = leading.get(fault.number() % leading.size());
    Happened happened = signal(fault, leader, leaders.getOrDefault(leader, List.of()));
    awaitAcknowledgement(happened.over());
    awaitInSync(leader.name());
    return happened;
  }

  private Happened signal(Fault fault, Part victim, List<Integer> led) {
    // One that died a moment ago must not pass for what this did to it.
    reviveIfDead(victim);
    Instant at = Instant.now();
    Happened happened = Happened.of(fault, victim.name(), at, at).leading(led);
    switch (fault.kind()) {
      case KILL -> victim.kill();
      case TERM -> {
        Part.Stopped stopped = victim.terminate(STOPS_WITHIN);
        happened = happened.stopped(stopped.code(), stopped.took());
      }
      default -> victim.pauseIt();
    }
    sleep(fault.lasts());
    Instant until = Instant.now();
    Happened over = happened.until(until);
    if (fault.kind() == Kind.STOP) {
      victim.resume();
      return over.backAt(until);
    }
    return over.backAt(victim.startAgain());
  }

  private Happened twoDown(Fault fault) {
    List<Part> brokers = installation.cluster().brokers();
    List<Part> two =
        List.of(
            brokers.get(fault.number() % brokers.size()),
            brokers.get((fault.number() + 1) % brokers.size()));
    brokers.forEach(this::reviveIfDead);
    two.forEach(Part::kill);
    Instant at = Instant.now();
    sleep(fault.lasts());
    Instant until = Instant.now();
    two.forEach(Part::launch);
    two.forEach(Part::awaitReady);
    Happened happened =
        Happened.of(fault, two.get(0).name() + "+" + two.get(1).name(), at, until)
            .backAt(Instant.now());
    awaitAcknowledgement(until);
    awaitInSync(happened.victim());
    return happened;
  }

  private Happened spoil(Fault fault, FaultProxy.Trouble trouble) {
    List<FaultProxy> link = installation.link(fault.victim());
    Instant at = Instant.now();
    link.forEach(proxy -> proxy.trouble(trouble));
    sleep(fault.lasts());
    link.forEach(FaultProxy::heal);
    Instant until = Instant.now();
    return Happened.of(fault, fault.victim(), at, until).backAt(until);
  }

  /** So that each restart's first acknowledgement is its own. */
  private void awaitAcknowledgement(Instant after) {
    await(ACKNOWLEDGED_WITHIN, () -> load.lastAck().isAfter(after));
  }

  /** So that no fault takes more brokers away than it says. */
  private void awaitInSync(String victim) {
    boolean isInSync =
        await(
            IN_SYNC_WITHIN,
            () -> {
              try {
                return installation.cluster().isInSync();
              } catch (SoakException e) {
                return false; // asked again
              }
            });
    if (!isInSync) {
      lines.add(Happened.failed(victim, "replicas are not in sync again").line());
    }
  }

  /** Whether it came about in time. */
  private static boolean await(Duration within, Supplier<Boolean> condition) {
    long deadline = System.nanoTime() + within.toNanos();
    while (!condition.get()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      sleep(LOOK_AGAIN);
    }
    return true;
  }

  static void sleep(Duration time) {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SoakException("interrupted", e);
    }
  }

  /** Waits until every fault is over and everything runs again. */
  void awaitQuiet() throws InterruptedException {
    awaitTurns();
    installation.healLinks();
    awaitRevived();
  }

  /** The last look for the dead: whoever dies after it is of no matter. */
  void finish() throws InterruptedException {
    watchman.shutdown();
    if (!watchman.awaitTermination(QUIET_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
      throw new SoakException("the look for dead processes does not end");
    }
    awaitRevived();
  }

  private void awaitRevived() throws InterruptedException {
    long deadline = System.nanoTime() + QUIET_WITHIN.toNanos();
    do {
      reviveTheDead();
      awaitTurns();
    } while (installation.all().stream().anyMatch(Part::hasDied) && System.nanoTime() < deadline);
  }

  /** Until what has been given out so far is over. */
  private void awaitTurns() throws InterruptedException {
    for (Map.Entry<String, ExecutorService> turn : turns.entrySet()) {
      CountDownLatch over = new CountDownLatch(1);
      turn.getValue().execute(over::countDown);
      if (!over.await(QUIET_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
        throw new SoakException("what was done to " + turn.getKey() + " does not end");
      }
    }
  }

  @Override
  public void close() {
    watchman.shutdownNow();
    turns.values().forEach(ExecutorService::shutdownNow);
    lines.close();
  }
}
