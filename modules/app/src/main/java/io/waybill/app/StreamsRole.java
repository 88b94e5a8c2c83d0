package io.waybill.app;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Streams application while it runs. A stream thread that dies is replaced, after a pause that
 * grows while deaths go on: whatever it had not committed is done again by its successor, exactly
 * once. The global thread cannot be replaced (Kafka Streams then ends the whole client), so the
 * client is made anew. Threads that die again and again make the role unhealthy, but it goes on
 * trying, for what stops them (a broker, the registry) may come back.
 */
final class StreamsRole implements RunningRole {
  private static final Logger LOG = LoggerFactory.getLogger(StreamsRole.class);

  /** How Kafka Streams names the thread that reads global stores; the handler runs on it. */
  private static final String GLOBAL_THREAD = "-GlobalStreamThread";

  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(15);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final long RECENT_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int UNHEALTHY_DEATHS = 3;

  /** A thread that waits for the registry gives up after a minute, and is replaced. */
  private static final Duration LONGEST_WITHOUT_POLL = Duration.ofMinutes(2);

  private final String name;
  private final Supplier<Topology> topology;
  private final Properties settings;
  private final Watcher watcher;
  private final Duration longestWithoutPoll;
  private final Deque<Long> recentDeaths = new ArrayDeque<>();
  private final ReentrantLock lifecycle = new ReentrantLock();
  private volatile KafkaStreams streams;
  private volatile Optional<String> lastDeath = Optional.empty();
  private boolean closed;

  /** Who shows what a client measures. */
  interface Watcher {
    /** Shows nothing. */
    Watcher NONE = new Watcher() {};

    default void opened(KafkaStreams client) {}

    default void closing(KafkaStreams client) {}
  }

  /**
   * @param topology a new one at each call, for a topology serves one client
   */
  StreamsRole(String name, Supplier<Topology> topology, Properties settings, Watcher watcher) {
    this(name, topology, settings, watcher, LONGEST_WITHOUT_POLL);
  }

  StreamsRole(
      String name,
      Supplier<Topology> topology,
      Properties settings,
      Watcher watcher,
      Duration longestWithoutPoll) {
    this.watcher = watcher;
    this.longestWithoutPoll = longestWithoutPoll;
    this.name = name;
    this.topology = topology;
    this.settings = settings;
    this.streams = newClient();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start() {
    streams.start();
  }

  @Override
  public List<String> whyNotReady() {
    KafkaStreams.State state = streams.state();
    List<String> problems = whyUnhealthy();
    return problems.isEmpty() && state != KafkaStreams.State.RUNNING
        ? List.of("the stream client is " + state)
        : problems;
  }

  @Override
  public List<String> whyUnhealthy() {
    KafkaStreams client = streams;
    if (!client.state().isRunningOrRebalancing()) {
      return List.of("the stream client is " + client.state() + lastDeathInWords());
    }
    List<String> problems = new ArrayList<>();
    int deaths = deathsOfLastMinute();
    if (deaths >= UNHEALTHY_DEATHS) {
      problems.add(deaths + " stream threads died within a minute" + lastDeathInWords());
    }
    longestSilence(client)
        .filter(silence -> silence.compareTo(longestWithoutPoll) > 0)
        .ifPresent(silence ->
            problems.add("a stream thread has been silent for " + silence.toSeconds() + " s"));
    return List.copyOf(problems);
  }

  private String lastDeathInWords() {
    return lastDeath.map(cause -> "; the last one of " + cause + ", see the log").orElse("");
  }

  /** How long ago the thread that was silent for longest has polled; none that never has. */
  private static Optional<Duration> longestSilence(KafkaStreams client) {
    return client.metrics().values().stream()
        .filter(StreamsRole::isLastPoll)
        .map(Metric::metricValue)
        .filter(Double.class::isInstance)
        .map(seconds -> Duration.ofSeconds(((Double) seconds).longValue()))
        .max(Comparator.naturalOrder());
  }

  private static boolean isLastPoll(Metric metric) {
    MetricName of = metric.metricName();
    String clientId = of.tags().getOrDefault("client-id", "");
    return of.name().equals("last-poll-seconds-ago")
        && clientId.endsWith("-consumer")
        // Polls only while stores are read anew.
        && !clientId.endsWith("-restore-consumer");
  }

  @Override
  public void close() {
    lifecycle.lock();
    try {
      closed = true;
      close(streams);
    } finally {
      lifecycle.unlock();
    }
  }

  private KafkaStreams newClient() {
    KafkaStreams client = new KafkaStreams(topology.get(), settings);
    watcher.opened(client);
    client.setUncaughtExceptionHandler(this::threadDied);
    client.setStateListener((newState, oldState) -> {
      if (newState == KafkaStreams.State.ERROR) {
        // Not on this thread, which the client itself needs to close.
        Thread.ofPlatform().name("waybill-restart-" + name).start(() -> restart(client));
      }
    });
    return client;
  }

  @SuppressWarnings("ReferenceEquality") // is it still the client that died?
  private void restart(KafkaStreams dead) {
    pauseAfterDeaths();
    lifecycle.lock();
    try {
      if (closed || streams != dead) {
        return;
      }
      LOG.atError()
          .addKeyValue("role", name)
          .log("stream client ended and is made anew; nothing is lost, what it held is done again");
      close(dead);
      streams = newClient();
      streams.start();
    } finally {
      lifecycle.unlock();
    }
  }

  private void close(KafkaStreams client) {
    // Leaves the group, which Streams does not do by itself: else nobody, not even this process
    // started again, gets its partitions before the group has missed it for a session's time.
    CloseOptions leaving =
        CloseOptions.timeout(CLOSE_WITHIN)
            .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
    watcher.closing(client);
    if (!client.close(leaving)) {
      LOG.atWarn()
          .addKeyValue("role", name)
          .log("role did not stop in time; its open transaction will be aborted by the broker");
    }
  }

  private StreamThreadExceptionResponse threadDied(Throwable problem) {
    LOG.atError()
        .addKeyValue("role", name)
        .setCause(problem)
        .log("stream thread died; nothing is lost, its successor does again what it held");
    // Not its message, which may quote what it was about.
    lastDeath = Optional.of(rootOf(problem).getClass().getSimpleName());
    synchronized (recentDeaths) {
      recentDeaths.add(System.nanoTime());
    }
    if (Thread.currentThread().getName().endsWith(GLOBAL_THREAD)) {
      // Asked to replace this one, Kafka Streams 4.3 fails with a ClassCastException.
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    // On the dying thread, which nobody waits for: its successor comes after the pause.
    pauseAfterDeaths();
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  private static Throwable rootOf(Throwable problem) {
    Throwable root = problem;
    for (Throwable next = root.getCause(); next != null; next = root.getCause()) {
      root = next;
    }
    return root;
  }

  private void pauseAfterDeaths() {
    int doublings = Math.min(deathsOfLastMinute(), 10);
    Duration pause = FIRST_PAUSE.multipliedBy(1L << doublings);
    try {
      Thread.sleep(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
    } catch (InterruptedException e) {
      // Somebody wants the thread gone: no pause, then.
      Thread.currentThread().interrupt();
    }
  }

  private int deathsOfLastMinute() {
    long now = System.nanoTime();
    synchronized (recentDeaths) {
      while (!recentDeaths.isEmpty() && now - recentDeaths.getFirst() > RECENT_NANOS) {
        recentDeaths.removeFirst();
      }
      return recentDeaths.size();
    }
  }
}
