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
  private long outcomeBytes;
  private long parkingBytes;

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
    // One that is larger than all that there is goes alone; small outcomes, of which there are
    // always some, must not keep it waiting for ever.
    boolean goesAlone = workBytes == outcomeBytes && outcomeBytes <= most / 2;
    return isFree && (goesAlone || workBytes + bytes <= most);
  }

  /** How many more attempts may be under way. */
  int freeSends(boolean isExpress) {
    int free = maxInFlight - inFlight;
    return isExpress
        ? free
        : Math.min(free, maxInFlight - maxInFlight / RESERVE - ordinaryInFlight);
  }

  /**
   * Whether a task with so many bytes may be parked. Most are parked without them; one that is too
   * old becomes a dead letter, with its payload inside. What hangs does not count here, for parking
   * is how others get past it.
   */
  boolean allowsParking(long bytes) {
    return bytes == 0
        || (parkingBytes == 0 && inFlight == 0)
        || parkingBytes + outcomeBytes + bytes <= maxBytes;
  }

  void parkingStarted(long bytes) {
    parkingBytes += bytes;
  }

  void parkingEnded(long bytes) {
    parkingBytes -= bytes;
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
    outcomeBytes += bytes;
    workBytes += bytes;
  }

  void releaseOutcome(long bytes) {
    outcomeBytes -= bytes;
    workBytes -= bytes;
  }

  int inFlight() {
    return inFlight;
  }

  /** All that is held, of whatever kind. */
  long bytes() {
    return ordinaryRecordBytes + expressRecordBytes + workBytes + parkingBytes;
  }
}
