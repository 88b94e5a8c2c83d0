package io.waybill.soak;

import io.waybill.testkit.ChildJvm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A process that is started again whenever it ends, as a supervisor does. One thread at a time; any
 * thread may ask whether it is well.
 */
final class Part {
  private static final Duration READY_WITHIN = Duration.ofMinutes(5);
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(10);
  private static final long BETWEEN_TRIES_MILLIS = 500;

  private final String name;
  private final Pattern ready;
  private final IntFunction<ChildJvm> launcher;

  /** Those that are gone, for what they said. */
  private final List<ChildJvm> gone = new ArrayList<>();

  private volatile @Nullable ChildJvm child;
  private volatile boolean wanted;
  private volatile boolean wasReady;
  private int starts;

  /**
   * @param ready found in the line that says that it works
   * @param launcher starts the process, for the n-th time
   */
  Part(String name, Pattern ready, IntFunction<ChildJvm> launcher) {
    this.name = name;
    this.ready = ready;
    this.launcher = launcher;
  }

  String name() {
    return name;
  }

  /** Starts it and does not wait. */
  void launch() {
    ChildJvm before = child;
    if (before != null) {
      gone.add(before);
    }
    wasReady = false;
    starts++;
    child = launcher.apply(starts);
    wanted = true;
  }

  /**
   * Waits until it works. One that gives up its start, because what it needs is not there yet, is
   * started again.
   */
  Instant awaitReady() {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    while (true) {
      try {
        long left = Math.max(1, deadline - System.nanoTime());
        child().awaitLine(ready, Duration.ofNanos(left));
        wasReady = true;
        return Instant.now();
      } catch (AssertionError e) {
        if (!hasEnded() || System.nanoTime() > deadline) {
          throw new SoakException(name + " does not get ready: " + e.getMessage(), e);
        }
        pause();
        launch();
      }
    }
  }

  /** Its output ends a moment before it does. */
  private boolean hasEnded() {
    try {
      int _ = child().awaitExit(ENDS_WITHIN);
      return true;
    } catch (AssertionError e) {
      return false;
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SoakException("interrupted", e);
    }
  }

  Instant startAgain() {
    launch();
    return awaitReady();
  }

  void kill() {
    wanted = false;
    child().kill();
  }

  /** SIGTERM; kills it when it is still there then. */
  Stopped terminate(Duration within) {
    wanted = false;
    long began = System.nanoTime();
    try {
      int code = child().terminate(within);
      return new Stopped(code, Duration.ofNanos(System.nanoTime() - began));
    } catch (AssertionError e) {
      child().kill();
      return new Stopped(-1, Duration.ofNanos(System.nanoTime() - began));
    }
  }

  /**
   * @param code -1 when it had to be killed
   */
  record Stopped(int code, Duration took) {}

  void pauseIt() {
    child().pause();
  }

  void resume() {
    child().resume();
  }

  boolean isAlive() {
    ChildJvm present = child;
    return present != null && present.isAlive();
  }

  /** Whether it worked, nobody ended it, and it is gone all the same. */
  boolean hasDied() {
    return wanted && wasReady && !isAlive();
  }

  /** The exit code of what has died. */
  int exitCode() {
    return child().awaitExit(Duration.ofSeconds(1));
  }

  /** All that was ever printed. */
  List<String> lines() {
    List<String> all = new ArrayList<>();
    gone.forEach(one -> all.addAll(one.lines()));
    ChildJvm present = child;
    if (present != null) {
      all.addAll(present.lines());
    }
    return all;
  }

  private ChildJvm child() {
    ChildJvm present = child;
    if (present == null) {
      throw new SoakException(name + " was never started");
    }
    return present;
  }

  /** Kills it for good. */
  void end() {
    wanted = false;
    ChildJvm present = child;
    if (present != null) {
      present.resume();
      present.close();
    }
  }
}
