package io.waybill.checker;

/**
 * What a run may repeat. An attempt whose answer could not be read may be repeated too; those are
 * counted from the events and not given here.
 *
 * @param crashes how often a sender was killed, or lost partitions while it was sending
 * @param inFlight most sends that one sender has under way
 * @param finishedNotCommitted most sends that have ended while their transaction has not
 */
public record Bounds(int crashes, long inFlight, long finishedNotCommitted) {
  public Bounds {
    if (crashes < 0 || inFlight < 0 || finishedNotCommitted < 0) {
      throw new IllegalArgumentException(
          "crashes, inFlight and finishedNotCommitted must not be negative");
    }
  }

  /** Repeated sends that crashes explain. */
  public long repeatsOfCrashes() {
    return crashes * (inFlight + finishedNotCommitted);
  }
}
