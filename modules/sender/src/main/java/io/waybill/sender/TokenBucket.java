package io.waybill.sender;

/**
 * A rate limit: so many per second, of which those of one second may be saved up, at least one.
 * Times are nanoseconds of one clock that never goes back. Owned by the poll thread.
 */
final class TokenBucket {
  private static final double SECOND = 1e9;

  private final double perSecond;
  private final double most;
  private double tokens;
  private long at;

  /** Begins full. */
  TokenBucket(double perSecond, long now) {
    this.perSecond = perSecond;
    this.most = Math.max(1, perSecond);
    this.tokens = most;
    this.at = now;
  }

  /** How long until there is one; zero when there is. */
  long nanosUntilNext(long now) {
    fill(now);
    return tokens >= 1 ? 0 : (long) Math.ceil((1 - tokens) / perSecond * SECOND);
  }

  /** Takes one, which must be there. */
  void take() {
    tokens -= 1;
  }

  /** Puts one back that was not needed. */
  void giveBack() {
    tokens = Math.min(most, tokens + 1);
  }

  private void fill(long now) {
    if (Double.isInfinite(perSecond)) {
      tokens = most;
    } else {
      tokens = Math.min(most, tokens + (now - at) / SECOND * perSecond);
    }
    at = now;
  }
}
