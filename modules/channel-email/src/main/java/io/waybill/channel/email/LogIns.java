package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.domain.DestinationId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Keeps away from a server that refused the credentials: each further try brings the account nearer
 * to being locked, and every waiting task would try. A change of the destination or its credentials
 * ends the pause. Safe to share between threads.
 */
final class LogInPauses {
  /** At most three tries in ten minutes. */
  static final Duration PAUSE = Duration.ofMinutes(5);

  private static final int MANY = 1_000;

  private record Refusal(long destinationVersion, long secretsVersion, long untilNanos) {}

  private final ConcurrentMap<DestinationId, Refusal> refusals = new ConcurrentHashMap<>();

  /** How long not to try; nothing when a try is due. */
  Optional<Duration> remaining(Attempt attempt) {
    Refusal refusal = refusals.get(attempt.destination().id());
    if (refusal == null
        || refusal.destinationVersion() != attempt.destination().version()
        || refusal.secretsVersion() != attempt.secrets().version()) {
      return Optional.empty();
    }
    Duration left = Duration.ofNanos(refusal.untilNanos() - System.nanoTime());
    return left.isPositive() ? Optional.of(left) : Optional.empty();
  }

  void refused(Attempt attempt) {
    if (refusals.size() >= MANY) {
      refusals.values().removeIf(old -> old.untilNanos() - System.nanoTime() <= 0);
    }
    refusals.put(
        attempt.destination().id(),
        new Refusal(
            attempt.destination().version(),
            attempt.secrets().version(),
            System.nanoTime() + PAUSE.toNanos()));
  }
}
