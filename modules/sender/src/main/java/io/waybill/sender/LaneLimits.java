package io.waybill.sender;

/**
 * How one destination is sent to.
 *
 * @param inFlight attempts under way at a time
 * @param perSecond attempts begun per second, of which those of one second may be saved up; {@link
 *     Double#POSITIVE_INFINITY} for no limit
 * @param waiting tasks that wait in memory; when the destination does not take them in time, those
 *     beyond are parked
 */
public record LaneLimits(int inFlight, double perSecond, int waiting) {

  public LaneLimits {
    if (inFlight < 1) {
      throw new IllegalArgumentException("inFlight must be at least 1, not " + inFlight);
    }
    if (waiting < 1) {
      throw new IllegalArgumentException("waiting must be at least 1, not " + waiting);
    }
    // Written so that NaN is outside.
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("perSecond must be positive, not " + perSecond);
    }
  }

  /** The same with another cap and rate. */
  public LaneLimits with(int newInFlight, double newPerSecond) {
    return new LaneLimits(newInFlight, newPerSecond, waiting);
  }

  /** A hundred at a time, at any rate, and a hundred that wait. */
  public static LaneLimits defaults() {
    return new LaneLimits(100, Double.POSITIVE_INFINITY, 100);
  }
}
