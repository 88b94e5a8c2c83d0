package io.waybill.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The embedded broker in a JVM of its own, which can be killed and started again on the same folder
 * and port, with the same cluster. For one thread.
 */
public final class BrokerProcess implements KafkaFixture {
  private static final Pattern READY = Pattern.compile("^" + BrokerMain.READY + " (\\S+) (\\S+)$");
  private static final Duration READY_WITHIN = Duration.ofSeconds(90);
  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(40);

  private final Path folder;
  private final Map<String, String> overrides;
  private final boolean temporary;
  private final String bootstrapServers;
  private final String clusterId;
  private ChildJvm child;
  private int starts;

  private BrokerProcess(Path folder, int port, Map<String, String> overrides, boolean temporary) {
    this.folder = folder;
    this.overrides = Map.copyOf(overrides);
    this.temporary = temporary;
    this.child = launch(port);
    Matcher ready = ready(child);
    this.bootstrapServers = ready.group(1);
    this.clusterId = ready.group(2);
  }

  /** Starts on the folder and any free port, and returns when it is ready. */
  public static BrokerProcess start(Path folder) {
    return start(folder, 0, Map.of());
  }

  /**
   * Starts and returns when it is ready.
   *
   * @param port 0 takes a free one, which is then kept over restarts
   * @param overrides broker properties that win over the embedded defaults
   */
  public static BrokerProcess start(Path folder, int port, Map<String, String> overrides) {
    return new BrokerProcess(folder, port, overrides, false);
  }

  /** Starts on a folder that {@link #close()} deletes. */
  static BrokerProcess startTemporary() {
    try {
      return new BrokerProcess(Files.createTempDirectory("waybill-kafka-"), 0, Map.of(), true);
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder for the test broker", e);
    }
  }

  private ChildJvm launch(int port) {
    List<String> args = new ArrayList<>(List.of(folder.toString(), Integer.toString(port)));
    overrides.forEach((key, value) -> args.add(key + "=" + value));
    starts++;
    Path output = folder.resolve("broker-" + starts + ".out");
    return ChildJvm.start(
        ChildJvm.Launch.of(BrokerMain.class, output, args.toArray(new String[0])));
  }

  private static Matcher ready(ChildJvm child) {
    try {
      return child.awaitLine(READY, READY_WITHIN);
    } catch (AssertionError e) {
      child.close();
      throw e;
    }
  }

  @Override
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** The same over all restarts. */
  public String clusterId() {
    return clusterId;
  }

  public boolean isAlive() {
    return child.isAlive();
  }

  /** The JVM that runs now, or ran last. */
  public ChildJvm jvm() {
    return child;
  }

  /** SIGKILL. Clients see connections break; {@link #restart()} brings the broker back. */
  public void kill() {
    child.kill();
  }

  /** SIGTERM, and waits until it has stopped in order. */
  public void stop() {
    child.terminate(STOPPED_WITHIN);
  }

  /**
   * Starts it again on the same folder and port, after {@link #kill()} or {@link #stop()}, and
   * returns when it is ready.
   *
   * @throws AssertionError when it does not come up, or as another cluster
   */
  public void restart() {
    if (child.isAlive()) {
      throw new IllegalStateException("the broker runs; kill or stop it first");
    }
    child = launch(Integer.parseInt(bootstrapServers.substring(bootstrapServers.indexOf(':') + 1)));
    Matcher ready = ready(child);
    if (!ready.group(1).equals(bootstrapServers) || !ready.group(2).equals(clusterId)) {
      child.close();
      throw new AssertionError("the broker came back as another: " + ready.group());
    }
  }

  @Override
  public void close() {
    child.close();
    if (temporary) {
      Folders.delete(folder);
    }
  }
}
