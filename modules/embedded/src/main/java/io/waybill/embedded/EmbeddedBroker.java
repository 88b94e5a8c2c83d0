package io.waybill.embedded;

import java.net.BindException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real Kafka broker (KRaft, one combined node) in this process, on loopback, with its data in a
 * folder that outlives it. A new folder is formatted; a used one keeps its topics, groups and
 * cluster id.
 *
 * <p>{@link #start()} returns when the broker answers on its port <em>as this folder's
 * cluster</em>: nothing can be written to another broker that happens to own the port.
 *
 * <p>One instance is started once, by one owner. Any thread may close it, also a shutdown hook
 * while it is starting, or read {@link #bootstrapServers()} and {@link #clusterId()} after the
 * start. A broken disk ends the process: that is how Kafka treats it.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);
  private static final Duration CLOSED_WITHIN = Duration.ofSeconds(30);

  /** A free port may be taken by another process between our look and Kafka's bind. */
  private static final int FREE_PORT_TRIES = 3;

  private final EmbeddedBrokerConfig config;
  private final ReentrantLock closing = new ReentrantLock();
  private volatile @Nullable FolderLock lock;
  private volatile @Nullable KafkaRaftServer server;
  private volatile @Nullable Running running;
  private volatile boolean closed;

  private record Running(String bootstrapServers, String clusterId) {}

  /** Opens nothing yet. */
  public EmbeddedBroker(EmbeddedBrokerConfig config) {
    this.config = config;
  }

  /**
   * Starts the broker and waits until it is ready (seconds).
   *
   * @throws IllegalStateException when the port is taken, the folder is in use, or another cluster
   *     answers on the port; the message says what to do
   * @throws java.io.UncheckedIOException when the folder cannot be read or written
   */
  public void start() {
    if (lock != null) {
      throw new IllegalStateException("an embedded broker is started once; make a new one");
    }
    lock = FolderLock.take(config.dataDir().resolve("kafka.lock"), "embedded broker");
    try {
      BrokerFolder folder = new BrokerFolder(config.dataDir().resolve("kafka"));
      String clusterId = folder.clusterIdFormattingIfNew();
      endFormerIncarnation();
      String bootstrap = Ports.HOST + ":" + startServer();
      requireCluster(bootstrap, clusterId, READY_WITHIN);
      running = new Running(bootstrap, clusterId);
      LOG.atInfo()
          .addKeyValue("bootstrap", bootstrap)
          .addKeyValue("clusterId", clusterId)
          .addKeyValue("folder", config.dataDir())
          .log("embedded broker started");
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** A close that comes meanwhile waits: the folder must not be free before. */
  private void endFormerIncarnation() {
    closing.lock();
    try {
      FormerIncarnation former = new FormerIncarnation(config.dataDir().resolve("kafka"));
      if (!closed && former.wasKilled()) {
        former.fence();
      }
    } finally {
      closing.unlock();
    }
    requireOpen();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the embedded broker was closed while it was starting");
    }
  }

  private int startServer() {
    if (config.port() != 0 && !Ports.isFree(config.port())) {
      throw Ports.taken("embedded broker", config.port(), "its port");
    }
    int tries = config.port() == 0 ? FREE_PORT_TRIES : 1;
    for (int left = tries - 1; ; left--) {
      int[] free = Ports.twoFree();
      int port = config.port() == 0 ? free[0] : config.port();
      try {
        launch(port, free[1]);
        return port;
      } catch (RuntimeException e) {
        stopServer();
        if (!isBindFailure(e)) {
          throw e;
        }
        if (left == 0) {
          IllegalStateException taken = Ports.taken("embedded broker", port, "its port");
          taken.initCause(e);
          throw taken;
        }
      }
    }
  }

  private void launch(int port, int controllerPort) {
    KafkaConfig kafkaConfig =
        new KafkaConfig(
            BrokerSettings.of(
                config.dataDir().resolve("kafka"), port, controllerPort, config.overrides()),
            false);
    KafkaRaftServer starting = new KafkaRaftServer(kafkaConfig, Time.SYSTEM);
    closing.lock();
    try {
      requireOpen();
      server = starting;
    } finally {
      closing.unlock();
    }
    starting.startup();
  }

  private static boolean isBindFailure(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return true;
      }
    }
    return false;
  }

  /**
   * Asks who answers at the address, and fails unless it is the expected cluster.
   *
   * @throws IllegalStateException when another cluster or nobody answers in time
   */
  static void requireCluster(String bootstrap, String expected, Duration within) {
    int timeout = Math.toIntExact(within.toMillis());
    Map<String, Object> settings =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrap,
            AdminClientConfig.CLIENT_ID_CONFIG,
            "waybill.embedded",
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            timeout,
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            Math.min(timeout, 10_000));
    try (Admin admin = Admin.create(settings)) {
      DescribeClusterResult cluster = admin.describeCluster();
      String reached = cluster.clusterId().get(timeout, TimeUnit.MILLISECONDS);
      if (!expected.equals(reached)) {
        throw new IllegalStateException(
            "The broker that answers at "
                + bootstrap
                + " is of cluster "
                + reached
                + ", but this data folder is of cluster "
                + expected
                + ". Nothing was written. Another broker owns the port: stop it, or use another"
                + " port (0 takes a free one).");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the embedded broker was starting", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "No broker answered at "
              + bootstrap
              + " within "
              + within.toSeconds()
              + " s. Is the machine out of memory or disk? Kafka's own log says more.",
          e);
    }
  }

  /** Where clients connect, such as {@code 127.0.0.1:39471}. */
  public String bootstrapServers() {
    return started().bootstrapServers();
  }

  /** The id that the folder was given when it was formatted. */
  public String clusterId() {
    return started().clusterId();
  }

  private Running started() {
    Running now = running;
    if (now == null) {
      throw new IllegalStateException("the embedded broker is not running");
    }
    return now;
  }

  /** Stops the broker (bounded by 30 s) and frees the folder. Closing twice does nothing. */
  @Override
  public void close() {
    closed = true;
    closing.lock();
    try {
      running = null;
      FolderLock held = lock;
      if (stopServer() && held != null) {
        held.close();
      }
    } finally {
      closing.unlock();
    }
  }

  /** Answers false when the broker would not stop; its folder then stays locked. */
  private boolean stopServer() {
    KafkaRaftServer stopping = server;
    if (stopping == null) {
      return true;
    }
    server = null;
    Thread shutdown =
        Thread.ofPlatform().daemon().name("embedded-broker-stop").unstarted(stopping::shutdown);
    shutdown.start();
    try {
      if (shutdown.join(CLOSED_WITHIN)) {
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LOG.atWarn()
        .addKeyValue("folder", config.dataDir())
        .log(
            "embedded broker did not stop in time; its folder stays locked until the process ends");
    return false;
  }
}
