package io.waybill.sender;

import io.waybill.domain.BreakerTrace;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Leaves a destination alone that fails. Owned by the poll thread. */
interface Breaker {

  /**
   * Leave to make one attempt; given back with {@link #ended} whatever comes of it.
   *
   * @param epoch attempts of an earlier one say nothing about the destination as it is now
   */
  record Permit(long epoch) {}

  /** How long no attempt may be made; zero when one may, or will as soon as others have ended. */
  Duration openFor();

  /** Whether the destination is sent to without reserve. */
  boolean isClosed();

  /** Leave to make an attempt; empty while it is open, or while enough attempts probe already. */
  Optional<Permit> tryAcquire();

  /** Forgets what it knows: the destination is another one now. */
  void renew();

  /**
   * Takes up what is known from before, in place of what it knows: closed after some failures, or
   * open for what is left of the reset time-out since the newest failure, or to be probed. Never
   * open for longer than one reset time-out (that of refused credentials where they were refused),
   * whatever the trace says.
   */
  void restore(BreakerTrace trace, Instant now);

  /** Takes what came of the attempt. One refusal of credentials opens it. */
  void ended(Permit permit, Verdict verdict);
}
