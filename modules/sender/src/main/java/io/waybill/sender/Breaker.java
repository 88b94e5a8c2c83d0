package io.waybill.sender;

import java.time.Duration;
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

  /** Takes what came of the attempt. */
  void ended(Permit permit, Verdict verdict);
}
