package io.waybill.status;

import io.waybill.domain.Alert.Severity;
import io.waybill.domain.AlertKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is remembered of one destination so that alerts are right and not too many: how its newest
 * attempts went, its backlog, and what was told when. Mutable; belongs to whoever read it from the
 * store. {@link AlertStateFormat} keeps it.
 */
final class AlertState {
  /** Parts of the time that rates are measured over; what leaves it leaves in such parts. */
  static final int BUCKETS = 15;

  /** The attempts of one such part. */
  static final class Bucket {
    final long number;
    long attempts;
    long failures;
    long tookMillis;

    Bucket(long number) {
      this.number = number;
    }
  }

  /** The attempts of all parts together. */
  record Totals(long attempts, long failures, long tookMillis) {
    double failureRate() {
      return (double) failures / attempts;
    }

    double averageMillis() {
      return (double) tookMillis / attempts;
    }
  }

  /** What was told of one kind. */
  static final class Told {
    /** Whether it is so now, told or not. */
    boolean active;

    /** How bad it was told to be since it is so, when it was told. */
    Optional<Severity> severity = Optional.empty();

    /** Within the debounce's window, the oldest first. */
    final Deque<Instant> raisedAt = new ArrayDeque<>();

    Instant lastRaisedAt = Instant.MIN;
    Instant mutedUntil = Instant.MIN;
  }

  Optional<String> label = Optional.empty();

  /** Of the destination; 0 until it is known. */
  long version;

  boolean enabled = true;

  /** The version that the destinations topology was asked to disable; 0 for none. */
  long disableAsked;

  /** Alerts raised so far. */
  long raised;

  /** Whether an attempt that carried no alert was made since an alert was last delivered. */
  boolean paidFor = true;

  /** When trouble was last told of that was not told to be over. */
  Optional<Instant> troubleAt = Optional.empty();

  /** Milliseconds of a bucket. */
  long bucketWidth;

  final Deque<Bucket> buckets = new ArrayDeque<>();

  /** Open tasks by partition of the events topic. */
  final Map<Integer, Long> open = new TreeMap<>();

  final Map<AlertKind, Told> told = new EnumMap<>(AlertKind.class);

  Told told(AlertKind kind) {
    return told.computeIfAbsent(kind, _ -> new Told());
  }

  boolean isActive(AlertKind kind) {
    Told one = told.get(kind);
    return one != null && one.active;
  }

  /** Adds an attempt; one that ended longer ago than the time measured over is left out. */
  void add(Instant at, boolean failed, Duration took, Duration measuredOver, Instant now) {
    forget(measuredOver, now);
    Instant ended = at.isAfter(now) ? now : at;
    long number = ended.toEpochMilli() / bucketWidth;
    if (number <= now.toEpochMilli() / bucketWidth - BUCKETS) {
      return;
    }
    Bucket bucket = bucket(number);
    bucket.attempts++;
    bucket.failures += failed ? 1 : 0;
    bucket.tookMillis += took.toMillis();
  }

  private Bucket bucket(long number) {
    for (Bucket bucket : buckets) {
      if (bucket.number == number) {
        return bucket;
      }
    }
    Bucket made = new Bucket(number);
    buckets.add(made);
    return made;
  }

  Totals totals(Duration measuredOver, Instant now) {
    forget(measuredOver, now);
    long attempts = 0;
    long failures = 0;
    long took = 0;
    for (Bucket bucket : buckets) {
      attempts += bucket.attempts;
      failures += bucket.failures;
      took += bucket.tookMillis;
    }
    return new Totals(attempts, failures, took);
  }

  private void forget(Duration measuredOver, Instant now) {
    long width = measuredOver.toMillis() / BUCKETS;
    if (width != bucketWidth) {
      // The operator measures over another time now: the old parts do not add up to it.
      buckets.clear();
      bucketWidth = width;
    }
    long oldest = now.toEpochMilli() / width - BUCKETS;
    buckets.removeIf(bucket -> bucket.number <= oldest);
  }

  long backlog() {
    return open.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Begins anew with what attempts showed, as after the owner enabled the destination again. */
  void forgive() {
    buckets.clear();
    disableAsked = 0;
    for (AlertKind kind : AlertKind.values()) {
      if (kind != AlertKind.BACKLOG) {
        end(kind);
      }
    }
  }

  void end(AlertKind kind) {
    Told one = told.get(kind);
    if (one != null) {
      one.active = false;
      one.severity = Optional.empty();
    }
  }

  /** Whether time alone can change what is to be told. */
  boolean needsWatching() {
    return troubleAt.isPresent() || told.values().stream().anyMatch(one -> one.active);
  }
}
