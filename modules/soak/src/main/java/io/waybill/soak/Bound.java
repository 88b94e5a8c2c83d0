package io.waybill.soak;

/**
 * A figure of a run and what it may be.
 *
 * @param value infinite when it should have come about and never did
 * @param samples of how many it is the worst, or the sum; 0 says that the run had none
 * @param isLeast whether the limit is the least that it must be, instead of the most that it may be
 */
record Bound(String name, double value, double limit, String unit, long samples, boolean isLeast) {

  static Bound atMost(String name, double value, double limit, String unit, long samples) {
    return new Bound(name, value, limit, unit, samples, false);
  }

  static Bound atLeast(String name, double value, double limit, long samples) {
    return new Bound(name, value, limit, "", samples, true);
  }

  boolean holds() {
    return isLeast ? value >= limit : value <= limit;
  }

  /** For people. */
  String verdict() {
    if (!holds()) {
      return "BROKEN";
    }
    return samples == 0 ? "not measured" : "holds";
  }
}
