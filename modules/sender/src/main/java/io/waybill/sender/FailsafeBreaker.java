package io.waybill.sender;

import dev.failsafe.CircuitBreaker;
import io.waybill.domain.BreakerTrace;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The breaker of the Failsafe library. Owned by the poll thread, as its lane is. */
final class FailsafeBreaker implements Breaker {
  private final BreakerPolicy policy;
  private final Ticker ticker;
  private CircuitBreaker<Object> breaker;
  private long epoch;

  /** Probes that came to nothing; the library would never give their permits out again. */
  private int unusedProbes;

  /**
   * Half open in the library, but not to be probed before that time: the library knows no breaker
   * that has been open for a while, nor one that is sometimes open for longer.
   */
  private boolean isDelayed;

  private long delayedUntil;

  FailsafeBreaker(BreakerPolicy policy, Ticker ticker) {
    this.policy = policy;
    this.ticker = ticker;
    this.breaker = newBreaker();
  }

  private CircuitBreaker<Object> newBreaker() {
    return CircuitBreaker.builder()
        .withFailureThreshold(policy.failureThreshold())
        .withDelay(policy.resetTimeout())
        .withSuccessThreshold(BreakerPolicy.PROBES)
        .onOpen(_ -> begin())
        .onHalfOpen(_ -> begin())
        .onClose(_ -> begin())
        .build();
  }

  private void begin() {
    epoch++;
    unusedProbes = 0;
    isDelayed = false;
  }

  @Override
  public Duration openFor() {
    if (isDelayed) {
      Duration left = Duration.ofNanos(delayedUntil - ticker.nanos());
      isDelayed = left.isPositive();
      return isDelayed ? left : Duration.ZERO;
    }
    return breaker.isOpen() ? breaker.getRemainingDelay() : Duration.ZERO;
  }

  @Override
  public boolean isClosed() {
    return breaker.isClosed();
  }

  @Override
  public Optional<Permit> tryAcquire() {
    if (openFor().isPositive()) {
      return Optional.empty();
    }
    if (!breaker.tryAcquirePermit()) {
      if (!breaker.isHalfOpen() || unusedProbes == 0) {
        return Optional.empty();
      }
      unusedProbes--;
    }
    return Optional.of(new Permit(epoch));
  }

  @Override
  public void renew() {
    // Not only closed: a closed one remembers failures, and what is under way was sent to the old.
    breaker = newBreaker();
    begin();
  }

  @Override
  public void restore(BreakerTrace trace, Instant now) {
    if (policy.hasOpened(trace)) {
      leaveAloneFor(policy.openFor(trace, now));
      return;
    }
    renew();
    for (int i = 0; i < trace.failures(); i++) {
      breaker.recordFailure();
    }
  }

  /** Open for another time than the library would be, and then to be probed. */
  private void leaveAloneFor(Duration time) {
    renew();
    breaker.halfOpen();
    isDelayed = true;
    delayedUntil = ticker.nanos() + time.toNanos();
  }

  @Override
  public void ended(Permit permit, Verdict verdict) {
    // What began before the breaker last changed, and ends now, must not undo that change.
    if (permit.epoch() != epoch) {
      return;
    }
    switch (verdict) {
      case GOOD -> breaker.recordSuccess();
      case BAD -> breaker.recordFailure();
      case REFUSED -> leaveAloneFor(policy.openWhenRefused());
      case NONE -> unusedProbes += breaker.isHalfOpen() ? 1 : 0;
    }
  }
}
