package io.waybill.app;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Properties;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Streams application while it runs. A thread that dies is replaced: whatever it had not
 * committed is done again by its successor, exactly once. Threads that die again and again make the
 * role unhealthy, but it goes on trying, for what stops them (a broker, the registry) may come
 * back.
 */
final class StreamsRole implements RunningRole {
  private static final Logger LOG = LoggerFactory.getLogger(StreamsRole.class);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(15);
  private static final long RECENT_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int UNHEALTHY_DEATHS = 3;

  private final String name;
  private final KafkaStreams streams;
  private final Deque<Long> recentDeaths = new ArrayDeque<>();

  StreamsRole(String name, Topology topology, Properties settings) {
    this.name = name;
    this.streams = new KafkaStreams(topology, settings);
    streams.setUncaughtExceptionHandler(this::threadDied);
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
    // Leaves the group, which Streams does not do by itself: else nobody, not even this process
    // started again, gets its partitions before the group has missed it for a session's time.
    CloseOptions leaving =
        CloseOptions.timeout(CLOSE_WITHIN)
            .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
    if (!streams.close(leaving)) {
      LOG.atWarn()
          .addKeyValue("role", name)
          .log("role did not stop in time; its open transaction will be aborted by the broker");
    }
  }

  private StreamThreadExceptionResponse threadDied(Throwable problem) {
    LOG.atError()
        .addKeyValue("role", name)
        .setCause(problem)
        .log("stream thread died and is replaced; nothing is lost, what it held is done again");
    synchronized (recentDeaths) {
      recentDeaths.add(System.nanoTime());
    }
    return StreamThreadExceptionResponse.REPLACE_THREAD;
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
