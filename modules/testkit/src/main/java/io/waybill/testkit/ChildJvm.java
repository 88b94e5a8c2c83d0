package io.waybill.testkit;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A main class of the test class path in a JVM of its own, which can be killed. Its output goes to
 * a file and can be awaited line by line. It inherits no environment, and ends with this JVM,
 * however that ends. Safe to use from several threads.
 */
public final class ChildJvm implements AutoCloseable {
  private static final Duration KILLED_WITHIN = Duration.ofSeconds(30);
  private static final int LINES_SHOWN = 40;

  private final Launch launch;
  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean ended;

  /**
   * What to run.
   *
   * @param mainClass its binary name; it may be package-private
   * @param output where standard output and error go, together
   * @param niceness how far behind others it stands when there is not enough CPU, from 0 to 19
   */
  public record Launch(
      String mainClass,
      List<String> args,
      List<String> jvmArguments,
      Map<String, String> environment,
      Path output,
      int niceness) {
    public Launch {
      args = List.copyOf(args);
      jvmArguments = List.copyOf(jvmArguments);
      environment = Map.copyOf(environment);
    }

    /** With a heap of 512 MiB at most, and an empty environment. */
    public static Launch of(Class<?> mainClass, Path output, String... args) {
      return new Launch(
          mainClass.getName(), List.of(args), List.of("-Xmx512m"), Map.of(), output, 0);
    }

    /** With these JVM arguments instead, such as {@code -Xmx1g} or {@code -Dkey=value}. */
    public Launch withJvmArguments(String... arguments) {
      return new Launch(mainClass, args, List.of(arguments), environment, output, niceness);
    }

    /** With exactly this environment. */
    public Launch withEnvironment(Map<String, String> variables) {
      return new Launch(mainClass, args, jvmArguments, variables, output, niceness);
    }

    /** Standing behind others, as {@code nice -n} does it. */
    public Launch withNiceness(int behind) {
      return new Launch(mainClass, args, jvmArguments, environment, output, behind);
    }
  }

  private ChildJvm(Launch launch, Process process) {
    this.launch = launch;
    this.process = process;
  }

  /** Starts the JVM and returns at once. */
  public static ChildJvm start(Launch launch) {
    List<String> command = new ArrayList<>();
    if (launch.niceness() > 0) {
      command.addAll(List.of("nice", "-n", Integer.toString(launch.niceness())));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    // Children are started to be killed soon: start quickly, never reach the optimizing compiler.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.addAll(launch.jvmArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(ChildMain.class.getName());
    command.add(launch.mainClass());
    command.addAll(launch.args());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(launch.environment());
    try {
      BufferedWriter file = Files.newBufferedWriter(launch.output());
      ChildJvm child = new ChildJvm(launch, builder.start());
      Thread.ofVirtual().name("child-output").start(() -> child.copyOutput(file));
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException("child JVM " + launch.mainClass() + " did not start", e);
    }
  }

  private void copyOutput(BufferedWriter file) {
    try (file;
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = output.readLine()) != null) {
        file.write(line);
        file.newLine();
        file.flush();
        add(line);
      }
    } catch (IOException e) {
      add("(output lost: " + e.getMessage() + ")");
    } finally {
      lock.lock();
      try {
        ended = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void add(String line) {
    lock.lock();
    try {
      lines.add(line);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a line of output that the pattern is found in, printed already or not.
   *
   * @return the match, for its groups
   * @throws AssertionError when the child ends first, or time is up; with the last lines of output
   */
  public Matcher awaitLine(Pattern pattern, Duration within) {
    Deadline deadline = Deadline.in(within);
    lock.lock();
    try {
      for (int next = 0; ; next++) {
        while (next == lines.size()) {
          long left = deadline.leftNanos();
          if (ended || left <= 0) {
            throw new AssertionError(describe(pattern, within));
          }
          changed.awaitNanos(left);
        }
        Matcher matcher = pattern.matcher(lines.get(next));
        if (matcher.find()) {
          return matcher;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + launch.mainClass(), e);
    } finally {
      lock.unlock();
    }
  }

  private String describe(Pattern pattern, Duration within) {
    int from = Math.max(0, lines.size() - LINES_SHOWN);
    return launch.mainClass()
        + (ended ? " ended before" : " did not within " + within)
        + " printing /"
        + pattern
        + "/; its last lines ("
        + launch.output()
        + "):\n"
        + String.join("\n", lines.subList(from, lines.size()));
  }

  /** The output so far. */
  public List<String> lines() {
    lock.lock();
    try {
      return List.copyOf(lines);
    } finally {
      lock.unlock();
    }
  }

  /** The operating system's process id. */
  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL: no hook runs, nothing is flushed. Returns when the process is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitExit(KILLED_WITHIN);
  }

  /**
   * SIGTERM, and waits.
   *
   * @return the exit code
   * @throws AssertionError when the process is still there when time is up
   */
  public int terminate(Duration within) {
    // Not destroy(): it closes the child's standard input too, which would end the child at once.
    signal("TERM");
    return awaitExit(within);
  }

  /** SIGSTOP: the process stands still, its connections stay open, as in a very long pause. */
  public void pause() {
    signal("STOP");
  }

  /** SIGCONT: ends a {@link #pause()}. */
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    if (!process.isAlive()) {
      return;
    }
    try {
      int code =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (code != 0 && process.isAlive()) {
        throw new IllegalStateException("kill -" + name + " failed with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no kill command to send SIG" + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while sending SIG" + name, e);
    }
  }

  /**
   * Waits for the child to end by itself.
   *
   * @return the exit code
   * @throws AssertionError when it is still there when time is up
   */
  public int awaitExit(Duration within) {
    try {
      if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(launch.mainClass() + " still runs after " + within);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + launch.mainClass(), e);
    }
  }

  /** Kills it when it is still there. */
  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
