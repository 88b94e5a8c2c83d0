package io.waybill.embedded;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.ObjectName;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What a killed broker leaves in its cluster's metadata: a session that nobody has ended. A broker
 * that starts over it takes its partitions as that session has them, begins to end the transactions
 * that were being committed, and loses the partitions when the session runs out. In that moment
 * Kafka (4.3.1, 4.4.0) takes partitions without a leader for deleted ones, and writes down a
 * transaction as complete whose markers it has not written: its records stay undecided for ever,
 * and with them every read-committed reader of those partitions. So the session is ended first, by
 * a controller that runs alone. docs/decisions/0049 has the traces. For one thread.
 */
public final class FormerIncarnation {
  private static final Logger LOG = LoggerFactory.getLogger(FormerIncarnation.class);

  /** Kafka writes it as the last thing of an orderly stop, and deletes it at a start. */
  private static final String CLEAN_STOP = ".kafka_cleanshutdown";

  private static final Duration SESSION = Duration.ofSeconds(1);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  /** A killed broker that had not registered yet has no session: nobody is there to be fenced. */
  private static final Duration APPEARS_WITHIN = Duration.ofSeconds(10);

  /** On a machine that has no time for the controller its clock runs slower than ours. */
  private static final Duration FENCED_WITHIN = Duration.ofSeconds(90);

  private final Path folder;

  /**
   * @param folder of the broker, whose lock the caller holds
   */
  public FormerIncarnation(Path folder) {
    this.folder = folder;
  }

  /** Whether a broker was at work in the folder and has not stopped in order. */
  public boolean wasKilled() {
    return Files.exists(folder.resolve("__cluster_metadata-0"))
        && !Files.exists(folder.resolve(CLEAN_STOP));
  }

  /**
   * Ends its session; takes about two seconds. For a cluster of this one node, whose process calls
   * this before it starts the broker. In a process where another broker runs it takes ten seconds,
   * for nothing tells there when the session is over.
   *
   * @return whether a session was seen to have ended; false after ten seconds without one, as when
   *     the broker was killed before it had registered
   */
  public boolean fence() {
    long begun = System.nanoTime();
    // Its gauges would hide ours, whose names are the same.
    boolean isAlone = gauge("ActiveControllerCount").isEmpty();
    KafkaRaftServer controller =
        new KafkaRaftServer(
            new KafkaConfig(
                BrokerSettings.ofController(folder, Ports.twoFree()[0], SESSION), false),
            Time.SYSTEM);
    boolean isFenced;
    try {
      controller.startup();
      isFenced = isAlone ? awaitFenced(System.nanoTime()) : awaitBlindly();
    } finally {
      controller.shutdown();
    }
    LOG.atLevel(isFenced ? Level.INFO : Level.WARN)
        .addKeyValue("millis", Duration.ofNanos(System.nanoTime() - begun).toMillis())
        .addKeyValue("hadSession", isFenced)
        .log(
            isFenced
                ? "the embedded broker was killed before, its session is ended"
                : "the embedded broker was killed before, and no session of it was seen to end");
    return isFenced;
  }

  /** Counts from when the controller leads, and has so read its log: that may take any time. */
  private static boolean awaitFenced(long started) {
    long since = started;
    boolean leads = false;
    while (gauge("FencedBrokerCount").orElse(0) == 0) {
      long now = System.nanoTime();
      if (!leads && gauge("ActiveControllerCount").orElse(0) > 0) {
        leads = true;
        since = now;
      }
      boolean isDue = !leads || gauge("ActiveBrokerCount").orElse(0) > 0;
      Duration patience = isDue ? FENCED_WITHIN : APPEARS_WITHIN;
      if (now - since > patience.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
    return true;
  }

  private static boolean awaitBlindly() {
    long end = System.nanoTime() + APPEARS_WITHIN.toNanos();
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
    return false;
  }

  /** Kafka's controllers tell nobody else which brokers are fenced. */
  private static OptionalInt gauge(String name) {
    try {
      Object value =
          ManagementFactory.getPlatformMBeanServer()
              .getAttribute(
                  new ObjectName("kafka.controller:type=KafkaController,name=" + name), "Value");
      return OptionalInt.of(((Number) value).intValue());
    } catch (InstanceNotFoundException e) {
      return OptionalInt.empty();
    } catch (JMException e) {
      throw new IllegalStateException("this Kafka does not say how its brokers are", e);
    }
  }
}
