package io.waybill.soak;

/**
 * A figure of a run and what it may be at most.
 *
 * @param samples of how many it is the worst, or the sum; 0 says that the run had none, and nothing
 *     is judged
 */
record Bound(String name, double value, double limit, String unit, long samples) {
  boolean holds() {
    return samples == 0 || value <= limit;
  }
}
