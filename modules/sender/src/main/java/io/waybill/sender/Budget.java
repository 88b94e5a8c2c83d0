package io.waybill.sender;

/**
 * What one sender may hold: attempts under way, bytes of records, and bytes that work makes of them
 * (payloads fetched, outcomes not yet committed). Owned by the poll thread.
 *
 * <p>Work bytes can stop the start of attempts. That ends by itself, because tasks of a partition
 * start in order: everything that holds work bytes comes before everything that waits, so it
 * finishes (the watchdog sees to that) and is committed without them, also where outcomes are held
 * back because they do not fit into a commit's note.
 */
final class Budget {
  private final int maxInFlight;
  private final long maxBytes;
  private int inFlight;
  private long recordBytes;
  private long workBytes;

  Budget(int maxInFlight, long maxBytes) {
    this.maxInFlight = maxInFlight;
    this.maxBytes = maxBytes;
  }

  /** Whether an attempt that brings so many bytes into memory may start. */
  boolean allowsSend(long bytes) {
    return inFlight < maxInFlight && (workBytes == 0 || workBytes + bytes <= maxBytes);
  }

  /** Whether more records may be read. */
  boolean allowsRecords() {
    return recordBytes < maxBytes;
  }

  void sendStarted(long bytes) {
    inFlight++;
    workBytes += bytes;
  }

  void sendEnded(long bytes) {
    inFlight--;
    workBytes -= bytes;
  }

  void holdRecord(long bytes) {
    recordBytes += bytes;
  }

  void releaseRecord(long bytes) {
    recordBytes -= bytes;
  }

  void holdOutcome(long bytes) {
    workBytes += bytes;
  }

  void releaseOutcome(long bytes) {
    workBytes -= bytes;
  }

  int inFlight() {
    return inFlight;
  }
}
