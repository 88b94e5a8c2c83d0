package io.waybill.sender;

import java.time.Duration;

/**
 * How much one sender holds at a time, and how long it waits for it.
 *
 * @param inFlight attempts under way; a fifth is kept for express tasks
 * @param perPartition tasks of one partition that are unfinished or not yet committed. With more
 *     than 570, a commit's metadata may not have room for every hole in the worst case, and
 *     outcomes then wait for older ones
 * @param bytes of task records held, and again of payloads under way and outcomes not yet
 *     committed; a fifth of each is kept for express tasks, and of payloads one destination has two
 *     fifths at most, or a single one that is larger
 * @param payloadCacheBytes of payloads fetched by reference
 * @param commitInterval finished outcomes wait at most about this long for their transaction
 * @param batchRecords most tasks of one transaction
 * @param revokeDrain how long a revoked partition's attempts are waited for
 * @param closeWithin how long {@link Sender#close} waits for drain, commit and leaving the group
 * @param watchdogGrace a channel that is silent this long beyond the attempt's time-out has failed
 * @param lane of each destination
 */
public record SenderLimits(
    int inFlight,
    int perPartition,
    long bytes,
    long payloadCacheBytes,
    Duration commitInterval,
    int batchRecords,
    Duration revokeDrain,
    Duration closeWithin,
    Duration watchdogGrace,
    LaneLimits lane) {

  private static final long MIB = 1024 * 1024;

  /** What a process needs beside its senders' records and payloads, by estimate. */
  private static final long PROCESS_BYTES = 64 * MIB;

  /**
   * What a sender needs to fetch the largest payload: answer, record, data, and one that follows.
   */
  private static final long FETCHING_BYTES = 40 * MIB;

  /** {@link #bytes} counts for records, for payloads and for what is parked; and the cache. */
  private static final int PARTS = 4;

  /** Four fifths of it, for ordinary tasks, hold the largest payload and some outcomes. */
  private static final long LEAST_BYTES = 16 * MIB;

  public SenderLimits {
    atLeastOne("inFlight", inFlight);
    atLeastOne("perPartition", perPartition);
    atLeastOne("bytes", bytes);
    atLeastOne("batchRecords", batchRecords);
    if (payloadCacheBytes < 0) {
      throw new IllegalArgumentException("payloadCacheBytes must not be negative");
    }
    positive("commitInterval", commitInterval);
    positive("revokeDrain", revokeDrain);
    positive("closeWithin", closeWithin);
    positive("watchdogGrace", watchdogGrace);
  }

  /** What holds when nothing else is said. */
  public static SenderLimits defaults() {
    return new SenderLimits(
        1_000,
        500,
        64L * 1024 * 1024,
        64L * 1024 * 1024,
        Duration.ofMillis(25),
        10_000,
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofSeconds(5),
        LaneLimits.defaults());
  }

  /**
   * The same, or less where the heap is small: what all of it can come to at once must fit, as far
   * as anything does. Never so little that the largest payload would have to wait until nothing
   * else is there.
   *
   * @param heapBytes of the process, as large as it may become
   * @param senders that share it
   */
  public SenderLimits within(long heapBytes, int senders) {
    long room = (heapBytes - PROCESS_BYTES) / senders - FETCHING_BYTES;
    long each = room / PARTS;
    return new SenderLimits(
        inFlight,
        perPartition,
        Math.min(bytes, Math.max(LEAST_BYTES, each)),
        Math.min(payloadCacheBytes, Math.max(0, each)),
        commitInterval,
        batchRecords,
        revokeDrain,
        closeWithin,
        watchdogGrace,
        lane);
  }

  /** The heap that senders need in which no limit of bytes has to be lowered to its least. */
  public static long leastHeap(int senders) {
    return PROCESS_BYTES + senders * (FETCHING_BYTES + PARTS * LEAST_BYTES);
  }

  /** The same with so many attempts under way, and such limits of each destination. */
  public SenderLimits with(int newInFlight, LaneLimits newLane) {
    return new SenderLimits(
        newInFlight,
        perPartition,
        bytes,
        payloadCacheBytes,
        commitInterval,
        batchRecords,
        revokeDrain,
        closeWithin,
        watchdogGrace,
        newLane);
  }

  /** A partition that holds more is not read, so that a whole poll always fits. */
  int readUpTo() {
    return perPartition - pollRecords();
  }

  /** Most records of one poll, so that a poll cannot outgrow {@link #perPartition}. */
  int pollRecords() {
    return Math.clamp(perPartition / 4, 1, 250);
  }

  private static void atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, not " + value);
    }
  }

  private static void positive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + " must be positive, not " + value);
    }
  }
}
