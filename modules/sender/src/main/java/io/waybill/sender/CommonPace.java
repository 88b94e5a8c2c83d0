package io.waybill.sender;

/**
 * How fast destinations answer this process, whichever it is. When all of them take long, as after
 * a start under load, then it is this process or its network, and no destination is to blame. Owned
 * by the poll thread.
 */
final class CommonPace {
  /** Weight of the newest answer in the mean: about a hundred answers tell. */
  private static final double NEWEST = 0.02;

  /** Not known yet: patient, for the first answers of a process are the slowest. */
  private double meanNanos = 2e9;

  /** One answered after that long. */
  void answered(long took) {
    meanNanos += NEWEST * (took - meanNanos);
  }

  long meanNanos() {
    return (long) meanNanos;
  }
}
