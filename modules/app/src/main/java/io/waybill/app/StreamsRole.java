package io.waybill.app;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
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

  private final String name;
  private final Supplier<Topology> topology;
  private final Properties settings;
  private final Deque<Long> recentDeaths = new ArrayDeque<>();
  private final ReentrantLock lifecycle = new ReentrantLock();
  private volatile KafkaStreams streams;
  private boolean closed;

  /**
   * @param topology a new one at each call, for a topology serves one client
   */
  StreamsRole(String name, Supplier<Topology> topology, Properties settings) {
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
  public boolean isReady() {
    return streams.state() == KafkaStreams.State.RUNNING;
  }

  @Override
  public boolean isHealthy() {
    KafkaStreams.State state = streams.state();
    return state.isRunningOrRebalancing() && deathsOfLastMinute() < UNHEALTHY_DEATHS;
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
