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
   * that has been open for a while.
   */
  private boolean isRestored;

  private long restoredUntil;

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
    isRestored = false;
  }

  @Override
  public Duration openFor() {
    if (isRestored) {
      Duration left = Duration.ofNanos(restoredUntil - ticker.nanos());
      isRestored = left.isPositive();
      return isRestored ? left : Duration.ZERO;
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
    renew();
    if (policy.hasOpened(trace)) {
      breaker.halfOpen();
      isRestored = true;
      restoredUntil = ticker.nanos() + policy.openFor(trace, now).toNanos();
      return;
    }
    for (int i = 0; i < trace.failures(); i++) {
      breaker.recordFailure();
    }
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
      case NONE -> unusedProbes += breaker.isHalfOpen() ? 1 : 0;
    }
  }
}
