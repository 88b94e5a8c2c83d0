package io.waybill.secrets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a file of keys holds, read again when the file changes, so that keys are rotated without a
 * restart. Whoever asks gets at once what was read before; every few seconds one of those who ask
 * has the file looked at, on a thread of the executor: a disk or a key-management service that
 * hangs holds up nobody.
 *
 * <p>A file that went missing or bad changes nothing: what was read before stays, and the problem
 * is told once. Safe to share between threads.
 */
final class WatchedFile<T> {
  /** Between looks while all is well. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  /** Between looks for a key that is not there: forged ids must not keep the disk busy. */
  static final Duration LOOK_FOR_MORE_EVERY = Duration.ofMillis(500);

  private final Path path;
  private final Function<? super Path, ? extends T> load;
  private final Consumer<? super String> problems;
  private final Executor looks;
  private final LongSupplier nanoTime;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile T value;
  private volatile long lookedAt;
  // By one look at a time, which the flag above hands from thread to thread.
  private @Nullable Stamp stamp;
  private String toldOf = "";

  /**
   * Reads the file.
   *
   * @param load reads it whole; throws {@link KeysetException} when it cannot be used
   * @param problems told in words, without a secret, of what keeps a change from being read
   * @param looks runs each look after the first
   * @param nanoTime {@link System#nanoTime}
   */
  WatchedFile(
      Path path,
      Function<? super Path, ? extends T> load,
      Consumer<? super String> problems,
      Executor looks,
      LongSupplier nanoTime) {
    this.path = path;
    this.load = load;
    this.problems = problems;
    this.looks = looks;
    this.nanoTime = nanoTime;
    // The stamp comes first: a change between the two is then seen as one.
    this.stamp = stampOf(path);
    this.value = load.apply(path);
    this.lookedAt = nanoTime.getAsLong();
  }

  /** What the file held when it was last looked at, not long ago. */
  T current() {
    lookAfter(LOOK_EVERY);
    return value;
  }

  /**
   * The same for those who miss something in {@link #current}: the file is looked at soon. Who
   * misses it still tries again later.
   */
  T newest() {
    lookAfter(LOOK_FOR_MORE_EVERY);
    return value;
  }

  private void lookAfter(Duration interval) {
    if (nanoTime.getAsLong() - lookedAt < interval.toNanos()
        || !looking.compareAndSet(false, true)) {
      return;
    }
    try {
      looks.execute(() -> {
        try {
          look();
        } finally {
          done();
        }
      });
    } catch (RejectedExecutionException e) {
      // The process ends.
      done();
    }
  }

  private void done() {
    lookedAt = nanoTime.getAsLong();
    looking.set(false);
  }

  private void look() {
    Stamp now = stampOf(path);
    if (now != null && now.equals(stamp)) {
      return;
    }
    try {
      value = load.apply(path);
      stamp = now;
      toldOf = "";
    } catch (KeysetException e) {
      String problem = String.valueOf(e.getMessage());
      if (!problem.equals(toldOf)) {
        toldOf = problem;
        problems.accept(problem);
      }
    }
  }

  /** Nothing when it cannot be looked at, which reading it then explains. */
  private static @Nullable Stamp stampOf(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      // A mounted secret changes by a link to another folder: the key shows it where times do not.
      return new Stamp(
          attributes.lastModifiedTime(),
          attributes.size(),
          Objects.requireNonNullElse(attributes.fileKey(), ""));
    } catch (IOException e) {
      return null;
    }
  }

  private record Stamp(FileTime modified, long size, Object fileKey) {}
}
