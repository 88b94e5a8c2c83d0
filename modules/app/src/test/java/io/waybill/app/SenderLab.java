package io.waybill.app;

import io.waybill.testkit.BrokerProcess;
import io.waybill.testkit.ChildJvm;
import io.waybill.testkit.HttpSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An installation whose webhook senders, and timers if it is to be so, are processes, as an
 * operator runs them: to be killed, stopped and held still. Everything else of it runs in this JVM,
 * the broker in one of its own.
 */
final class SenderLab implements AutoCloseable {
  /** How soon the group knows that a member is gone. */
  static final Duration SESSION = Duration.ofSeconds(3);

  /** A transaction that nobody ends is aborted after ten seconds; the broker looks each second. */
  static final Duration LONGEST_TRANSACTION = Duration.ofSeconds(12);

  /** A killed timer is soon known to be gone, and what it had open is soon aborted. */
  private static final String QUICK_TIMERS =
      """
        main.consumer.session.timeout.ms: 3000
        main.consumer.heartbeat.interval.ms: 500
        producer.transaction.timeout.ms: 3000
      """;

  private static final String[] USUAL_JVM_ARGUMENTS = {"-Xmx512m"};

  private static final Duration READY_WITHIN = Duration.ofSeconds(90);
  private static final Pattern READY = Pattern.compile("^ready .*");

  /** What no fault of these may make a sender say: its loop copes. */
  private static final Pattern ALARM =
      Pattern.compile(
          "sender failed|sender died|Exception in thread|StackOverflowError|OutOfMemoryError");

  /** What it may only say of a receiver that is not well. */
  private static final Pattern OPENED = Pattern.compile("breaker opened");

  private static final int WITH_CAUSE = 20;

  private static final Set<Role> SENDERS =
      EnumSet.of(Role.SENDER_WEBHOOK, Role.SENDER_EMAIL, Role.SENDER_STORAGE);

  private final Path folder;
  private final BrokerProcess broker;
  private final Installation waybill;
  private final HttpSink receiver;
  private final Map<String, Integer> starts = new HashMap<>();
  private final Map<String, ChildJvm> processes = new HashMap<>();
  private String more = "";

  /** Of those that are gone. */
  private final List<String> alarms = new ArrayList<>();

  private final List<String> openedBreakers = new ArrayList<>();

  private SenderLab(Path folder, Set<Role> processes) throws IOException {
    this.folder = folder;
    broker =
        BrokerProcess.start(
            Files.createDirectory(folder.resolve("broker")),
            0,
            Map.of(
                "group.consumer.session.timeout.ms",
                Long.toString(SESSION.toMillis()),
                "group.consumer.heartbeat.interval.ms",
                "500"));
    waybill =
        Installation.start(
            broker.bootstrapServers(), EnumSet.complementOf(EnumSet.copyOf(processes)));
    receiver = HttpSink.start();
  }

  /** Without any sender yet. */
  static SenderLab start(Path folder) {
    return start(folder, Set.of(Role.SENDER_WEBHOOK));
  }

  /** Without any sender or timer yet. */
  static SenderLab startWithoutTimer(Path folder) {
    return start(folder, Set.of(Role.SENDER_WEBHOOK, Role.TIMER));
  }

  /** Without senders of any type yet. */
  static SenderLab startWithoutAnySender(Path folder) {
    return start(folder, SENDERS);
  }

  private static SenderLab start(Path folder, Set<Role> processes) {
    try {
      return new SenderLab(folder, processes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Installation waybill() {
    return waybill;
  }

  HttpSink receiver() {
    return receiver;
  }

  Path folder() {
    return folder;
  }

  /** Senders that are started from now on have these lines in their configuration, too. */
  void configure(String yaml) {
    more = yaml;
  }

  /** Starts senders, side by side, and returns when all are ready. */
  void startSenders(String... instances) {
    for (String instance : instances) {
      launchSender(instance);
    }
    for (String instance : instances) {
      sender(instance).awaitLine(READY, READY_WITHIN);
    }
  }

  /** As {@link #startSenders}, of a lab without a timer. */
  void startTimers(String... instances) {
    for (String instance : instances) {
      launch(instance, Role.TIMER);
    }
    for (String instance : instances) {
      process(instance).awaitLine(READY, READY_WITHIN);
    }
  }

  /**
   * Starts one process with a sender of each type, of a lab without any, and returns when it is
   * ready.
   *
   * @param jvmArguments instead of the usual ones
   */
  void startAllSendersInOne(String instance, String... jvmArguments) {
    remember(instance, start(instance, SENDERS, jvmArguments));
    sender(instance).awaitLine(READY, READY_WITHIN);
  }

  /** Starts a sender and does not wait for it. */
  void launchSender(String instance) {
    launch(instance, Role.SENDER_WEBHOOK);
  }

  private void launch(String instance, Role role) {
    remember(instance, start(instance, Set.of(role), USUAL_JVM_ARGUMENTS));
  }

  private void remember(String instance, ChildJvm started) {
    ChildJvm before = processes.put(instance, started);
    if (before != null) {
      alarms.addAll(linesOf(before, ALARM, WITH_CAUSE));
      openedBreakers.addAll(linesOf(before, OPENED, 1));
    }
  }

  /** Lines in which senders, also those that are gone, say that more is wrong than was done. */
  List<String> alarms() {
    return all(alarms, ALARM, WITH_CAUSE);
  }

  /** Lines in which senders, also those that are gone, say whom they leave alone for a while. */
  List<String> openedBreakers() {
    return all(openedBreakers, OPENED, 1);
  }

  private List<String> all(List<String> ofThoseGone, Pattern pattern, int many) {
    List<String> all = new ArrayList<>(ofThoseGone);
    processes.values().forEach(sender -> all.addAll(linesOf(sender, pattern, many)));
    return all;
  }

  /** Each with what follows, such as the first lines of its exception: so many lines in all. */
  private static List<String> linesOf(ChildJvm sender, Pattern pattern, int many) {
    List<String> lines = sender.lines();
    List<String> found = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (pattern.matcher(lines.get(i)).find()) {
        found.add(String.join("\n", lines.subList(i, Math.min(lines.size(), i + many))));
      }
    }
    return found;
  }

  /** Whether the sender has been ready and was not killed since. */
  boolean isReady(String instance) {
    ChildJvm sender = sender(instance);
    return sender.isAlive()
        && sender.lines().stream().anyMatch(line -> READY.matcher(line).matches());
  }

  /** The process of an instance that was started last. */
  ChildJvm sender(String instance) {
    return process(instance);
  }

  /** The process of an instance that was started last. */
  ChildJvm timer(String instance) {
    return process(instance);
  }

  private ChildJvm process(String instance) {
    ChildJvm process = processes.get(instance);
    if (process == null) {
      throw new IllegalStateException("no process " + instance + " was started");
    }
    return process;
  }

  private ChildJvm start(String instance, Set<Role> roles, String... jvmArguments) {
    int number = starts.merge(instance, 1, Integer::sum);
    String words = roles.stream().map(Role::word).sorted().collect(Collectors.joining(","));
    return ChildJvm.start(
        ChildJvm.Launch.of(
                Main.class,
                folder.resolve(words + "-" + instance + "-" + number + ".log"),
                "run",
                "--config",
                config(instance, roles).toString(),
                "--roles",
                words)
            .withJvmArguments(jvmArguments));
  }

  private Path config(String instance, Set<Role> roles) {
    WaybillConfig config = waybill.config();
    Path file = folder.resolve(instance + ".yaml");
    try {
      return Files.writeString(
          file,
          """
          profile: development
          kafka:
            bootstrap.servers: %s
          %sschemaRegistry:
            schema.registry.url: %s
          keyset: %s
          stateDirectory: %s
          instance: %s
          partitions: %d
          allowCidrs: [127.0.0.0/8]
          httpPort: 0
          circuitBreaker: {resetTimeout: 3000}
          %s
          """
              .formatted(
                  config.kafka().get("bootstrap.servers"),
                  roles.contains(Role.TIMER) ? QUICK_TIMERS : "",
                  config.schemaRegistry().get("schema.registry.url"),
                  config.keyset(),
                  folder.resolve("state-" + instance),
                  instance,
                  config.partitions(),
                  more));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the processes that are left, the hard way. */
  void killSenders() {
    processes.values().forEach(ChildJvm::close);
    processes.clear();
    alarms.clear();
    openedBreakers.clear();
  }

  @Override
  public void close() {
    for (AutoCloseable part :
        List.<AutoCloseable>of(this::killSenders, waybill, receiver, broker)) {
      try {
        part.close();
      } catch (Exception e) {
        throw new AssertionError("the lab did not close", e);
      }
    }
  }
}
