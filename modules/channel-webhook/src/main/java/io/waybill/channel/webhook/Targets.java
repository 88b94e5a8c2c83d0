package io.waybill.channel.webhook;

import io.waybill.channel.Attempt;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.WebhookConfig;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The targets in use, so that a destination is checked and its credentials are opened once in a
 * while and not for each attempt. A target serves one version of its destination and of its sealed
 * credentials, and for {@link #KEPT} at most: as long may a key that is withdrawn still count. Safe
 * to share between threads.
 */
final class Targets {
  static final Duration KEPT = Duration.ofSeconds(30);

  private final TargetMaker maker;
  private final ConcurrentMap<DestinationId, Kept> kept = new ConcurrentHashMap<>();

  private record Kept(
      Destination destination, DestinationSecrets secrets, Prepared.Ready ready, long until) {}

  Targets(TargetMaker maker) {
    this.maker = maker;
  }

  /** The target of an attempt. */
  Prepared of(Attempt attempt, WebhookConfig config) {
    long now = System.nanoTime();
    Kept known = kept.get(attempt.destination().id());
    if (known != null && serves(known, attempt) && now - known.until() < 0) {
      return known.ready();
    }
    Prepared made = maker.make(attempt, config);
    if (made instanceof Prepared.Ready ready) {
      Kept keep = new Kept(attempt.destination(), attempt.secrets(), ready, now + KEPT.toNanos());
      kept.put(attempt.destination().id(), keep);
    }
    return made;
  }

  /**
   * The very objects that it was made of: equal versions could differ if a topic was written by
   * others.
   */
  @SuppressWarnings("ReferenceEquality")
  private static boolean serves(Kept known, Attempt attempt) {
    return known.destination() == attempt.destination() && known.secrets() == attempt.secrets();
  }

  /** Lets go of what is over, so that credentials of idle destinations do not stay open. */
  void forgetOld() {
    long now = System.nanoTime();
    kept.values().removeIf(known -> now - known.until() >= 0);
  }

  void forgetAll() {
    kept.clear();
  }
}
