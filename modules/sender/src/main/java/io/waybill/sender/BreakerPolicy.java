package io.waybill.sender;

import io.waybill.domain.BreakerTrace;
import java.time.Duration;
import java.time.Instant;

/**
 * When a destination that fails is left alone, and for how long.
 *
 * <p>After the reset time-out three attempts may probe it: when all three succeed it is sent to as
 * before, when one fails it is left alone again. Where credentials are refused it takes one attempt
 * and not several, and the destination is left alone for longer.
 *
 * @param failureThreshold failures one after the other that open the breaker, 1 to 1,000
 * @param resetTimeout how long it stays open, 1 ms to 1 h
 * @param refusedTimeout how long at least when credentials were refused
 */
public record BreakerPolicy(int failureThreshold, Duration resetTimeout, Duration refusedTimeout) {
  /** Attempts that may probe a destination at a time, and must succeed, before it is trusted. */
  static final int PROBES = BreakerTrace.PROBES;

  public static final int HIGHEST_THRESHOLD = 1_000;
  public static final Duration SHORTEST_RESET = Duration.ofMillis(1);
  public static final Duration LONGEST_RESET = Duration.ofHours(1);

  /** So that credentials are tried no more than three times in ten minutes. */
  public static final Duration REFUSED_TIMEOUT = Duration.ofMinutes(5);

  public BreakerPolicy {
    if (failureThreshold < 1 || failureThreshold > HIGHEST_THRESHOLD) {
      throw new IllegalArgumentException(
          "failureThreshold must be 1 to " + HIGHEST_THRESHOLD + ", not " + failureThreshold);
    }
    if (resetTimeout.compareTo(SHORTEST_RESET) < 0 || resetTimeout.compareTo(LONGEST_RESET) > 0) {
      throw new IllegalArgumentException("resetTimeout must be 1 ms to 1 h, not " + resetTimeout);
    }
  }

  /** With the usual rest for refused credentials. */
  public BreakerPolicy(int failureThreshold, Duration resetTimeout) {
    this(failureThreshold, resetTimeout, REFUSED_TIMEOUT);
  }

  /** How long it stays open when credentials were refused. */
  Duration openWhenRefused() {
    return refusedTimeout.compareTo(resetTimeout) > 0 ? refusedTimeout : resetTimeout;
  }

  /** Whether a breaker of this policy has opened by that trace, and has not closed since. */
  boolean hasOpened(BreakerTrace trace) {
    return trace.longestRow() >= failureThreshold;
  }

  /** How long such a breaker stays open from now on; zero when it may be probed. */
  Duration openFor(BreakerTrace trace, Instant now) {
    Duration whole = trace.isRefused() ? openWhenRefused() : resetTimeout;
    Duration left =
        trace
            .lastFailureAt()
            .map(failure -> Duration.between(now, failure.plus(whole)))
            .filter(Duration::isPositive)
            .orElse(Duration.ZERO);
    // The failure's time is of another machine's clock, which may be ahead.
    return left.compareTo(whole) > 0 ? whole : left;
  }

  /** Five failures, one minute. */
  public static BreakerPolicy defaults() {
    return new BreakerPolicy(5, Duration.ofSeconds(60));
  }
}
