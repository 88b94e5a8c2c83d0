package io.waybill.sender;

import io.waybill.domain.BreakerTrace;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Does as {@link FailsafeBreaker}, by a time that the test makes. */
final class FakeBreaker implements Breaker {
  private final BreakerPolicy policy;
  private final Ticker ticker;
  private long epoch;
  private int failures;
  private int successes;
  private int probes;
  private boolean halfOpen;
  private long openUntil = Long.MIN_VALUE;

  FakeBreaker(BreakerPolicy policy, Ticker ticker) {
    this.policy = policy;
    this.ticker = ticker;
  }

  private boolean isOpen() {
    return openUntil != Long.MIN_VALUE && !halfOpen;
  }

  @Override
  public Duration openFor() {
    return isOpen() ? Duration.ofNanos(Math.max(0, openUntil - ticker.nanos())) : Duration.ZERO;
  }

  @Override
  public boolean isClosed() {
    return openUntil == Long.MIN_VALUE;
  }

  @Override
  public void renew() {
    epoch++;
    failures = 0;
    successes = 0;
    halfOpen = false;
    openUntil = Long.MIN_VALUE;
  }

  @Override
  public void restore(BreakerTrace trace, Instant now) {
    renew();
    if (policy.hasOpened(trace)) {
      openUntil = ticker.nanos() + policy.openFor(trace, now).toNanos();
    } else {
      failures = trace.failures();
    }
  }

  @Override
  public Optional<Permit> tryAcquire() {
    if (isClosed()) {
      return Optional.of(new Permit(epoch));
    }
    if (openFor().isPositive()) {
      return Optional.empty();
    }
    if (!halfOpen) {
      halfOpen = true;
      epoch++;
      probes = 0;
      successes = 0;
    }
    if (probes == BreakerPolicy.PROBES) {
      return Optional.empty();
    }
    probes++;
    return Optional.of(new Permit(epoch));
  }

  @Override
  public void ended(Permit permit, Verdict verdict) {
    if (permit.epoch() != epoch) {
      return;
    }
    probes -= halfOpen ? 1 : 0;
    switch (verdict) {
      case GOOD -> {
        failures = 0;
        successes++;
        if (halfOpen && successes == BreakerPolicy.PROBES) {
          halfOpen = false;
          openUntil = Long.MIN_VALUE;
          epoch++;
        }
      }
      case BAD -> {
        failures++;
        if (halfOpen || failures >= policy.failureThreshold()) {
          halfOpen = false;
          failures = 0;
          epoch++;
          openUntil = ticker.nanos() + policy.resetTimeout().toNanos();
        }
      }
      case REFUSED -> {
        renew();
        openUntil = ticker.nanos() + policy.openWhenRefused().toNanos();
      }
      case NONE -> {}
    }
  }
}
