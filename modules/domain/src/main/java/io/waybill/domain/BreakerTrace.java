package io.waybill.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * What attempts leave behind from which the state of a destination's breaker can be told, by
 * whatever policy. Only attempts that say something of the destination count ({@link Blame}).
 *
 * <p>Attempts may be told in another order than they ended: one that is older than the newest of
 * the other kind changes nothing.
 *
 * @param failures in a row, up to now
 * @param longestRow of failures since {@value #PROBES} attempts in a row were answered. A breaker
 *     that opens at so many or fewer has opened, and has not closed since. A refusal of credentials
 *     counts as {@value #REFUSED}, which every breaker opens at
 * @param answers in a row, up to now, while {@code longestRow} is not zero
 */
public record BreakerTrace(
    int failures,
    int longestRow,
    int answers,
    Optional<Instant> lastFailureAt,
    Optional<Instant> lastAnswerAt) {

  /** Attempts in a row that must be answered before a destination that failed is trusted. */
  public static final int PROBES = 3;

  /** A row that no breaker's threshold reaches, and no destination that is merely down. */
  public static final int REFUSED = 1_000_000;

  private static final BreakerTrace NONE =
      new BreakerTrace(0, 0, 0, Optional.empty(), Optional.empty());

  /** Of a destination that nothing is known of. */
  public static BreakerTrace none() {
    return NONE;
  }

  /** With one more attempt that failed at that time. */
  public BreakerTrace afterFailure(Instant at) {
    if (lastAnswerAt.filter(at::isBefore).isPresent()) {
      return this;
    }
    int row = failures + 1;
    return new BreakerTrace(
        row, Math.max(row, longestRow), 0, newest(lastFailureAt, at), lastAnswerAt);
  }

  /** With one more attempt whose credentials were refused at that time. */
  public BreakerTrace afterRefusal(Instant at) {
    BreakerTrace failed = afterFailure(at);
    // Older than the newest answer: it changes nothing.
    return failed.equals(this)
        ? this
        : new BreakerTrace(failed.failures, REFUSED, 0, failed.lastFailureAt, lastAnswerAt);
  }

  /** With one more attempt that was answered at that time. */
  public BreakerTrace afterAnswer(Instant at) {
    if (lastFailureAt.filter(at::isBefore).isPresent()) {
      return this;
    }
    int row = longestRow == 0 ? 0 : answers + 1;
    boolean isTrusted = row >= PROBES;
    return new BreakerTrace(
        0,
        isTrusted ? 0 : longestRow,
        isTrusted ? 0 : row,
        lastFailureAt,
        newest(lastAnswerAt, at));
  }

  private static Optional<Instant> newest(Optional<Instant> known, Instant at) {
    return known.filter(at::isBefore).or(() -> Optional.of(at));
  }

  /** Whether nothing speaks against the destination. */
  public boolean isClear() {
    return longestRow == 0;
  }

  /** Whether credentials were refused since the destination was trusted last. */
  public boolean isRefused() {
    return longestRow >= REFUSED;
  }

  /** Whether it says the same but for times. */
  public boolean counts(BreakerTrace other) {
    return failures == other.failures && longestRow == other.longestRow && answers == other.answers;
  }

  /** When the newest attempt ended that it knows of. */
  public Optional<Instant> newestAt() {
    return lastAnswerAt.isPresent() && lastFailureAt.isPresent()
        ? newest(lastAnswerAt, lastFailureAt.get())
        : lastAnswerAt.or(() -> lastFailureAt);
  }
}
