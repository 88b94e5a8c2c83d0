package io.waybill.sender;

/**
 * What one sender may hold: attempts under way, bytes of records, and bytes that work makes of them
 * (payloads fetched, outcomes not yet committed). A fifth of each is kept for express tasks, so
 * that nothing ordinary can stop them. Owned by the poll thread.
 *
 * <p>Work bytes can stop the start of attempts. That ends by itself: outcomes are committed, and
 * where they are held back because they do not fit into a commit's note, the attempts that they
 * wait for may always begin one at a time.
 */
final class Budget {
  private static final int RESERVE = 5;

  private final int maxInFlight;
  private final long maxBytes;
  private int inFlight;
  private int ordinaryInFlight;
  private long expressRecordBytes;
  private long ordinaryRecordBytes;
  private long workBytes;

  Budget(int maxInFlight, long maxBytes) {
    this.maxInFlight = maxInFlight;
    this.maxBytes = maxBytes;
  }

  /**
   * Bytes of payloads under way that one destination may hold: half of what ordinary tasks have, so
   * that one that hangs leaves room for another's.
   */
  long shareOfOne() {
    return (maxBytes - maxBytes / RESERVE) / 2;
  }

  /** Whether an attempt that brings so many bytes into memory may start. */
  boolean allowsSend(long bytes, boolean isExpress) {
    if (inFlight == 0) {
      return true;
    }
    long most = isExpress ? maxBytes : maxBytes - maxBytes / RESERVE;
    boolean isFree =
        inFlight < maxInFlight
            && (isExpress || ordinaryInFlight < maxInFlight - maxInFlight / RESERVE);
    return isFree && (workBytes == 0 || workBytes + bytes <= most);
  }

  /** Whether more records may be read. */
  boolean allowsRecords(boolean fromExpress) {
    long reserve = maxBytes / RESERVE;
    return fromExpress
        ? expressRecordBytes < reserve || expressRecordBytes == 0
        : ordinaryRecordBytes < maxBytes - reserve;
  }

  void sendStarted(long bytes, boolean isExpress) {
    inFlight++;
    ordinaryInFlight += isExpress ? 0 : 1;
    workBytes += bytes;
  }

  void sendEnded(long bytes, boolean isExpress) {
    inFlight--;
    ordinaryInFlight -= isExpress ? 0 : 1;
    workBytes -= bytes;
  }

  void holdRecord(long bytes, boolean fromExpress) {
    expressRecordBytes += fromExpress ? bytes : 0;
    ordinaryRecordBytes += fromExpress ? 0 : bytes;
  }

  void releaseRecord(long bytes, boolean fromExpress) {
    holdRecord(-bytes, fromExpress);
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
