package io.waybill.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers which webhooks have come, so that one that is sent again is handled once. Waybill sends
 * at least once, and every attempt carries the same id.
 *
 * <p>Bounded: ids are forgotten after a window, and the oldest before that when there are too many.
 * In memory only: a receiver that must not handle one twice after a restart writes the id down
 * together with its work. Safe to share between threads.
 */
public final class WebhookDeduplicator {
  private final Duration window;
  private final int most;
  private final InstantSource clock;
  private final Map<String, Instant> firstSeen = new LinkedHashMap<>();

  /**
   * A deduplicator that has seen nothing.
   *
   * @param window how long an id is remembered; longer than the sender tries, which is 24 hours
   *     unless the destination says otherwise
   * @param most ids that are remembered at a time, about 200 bytes each
   */
  public WebhookDeduplicator(Duration window, int most) {
    this(window, most, InstantSource.system());
  }

  /** The same with a clock, for tests. */
  public WebhookDeduplicator(Duration window, int most, InstantSource clock) {
    if (window.isNegative() || window.isZero() || most < 1) {
      throw new IllegalArgumentException("window and most must be positive");
    }
    this.window = window;
    this.most = most;
    this.clock = clock;
  }

  /**
   * Whether this id has not come within the window; from now on it has. Of threads that ask at the
   * same time one hears yes.
   *
   * @param id of a request that was verified: others would let anybody fill the memory
   */
  public synchronized boolean isFirst(String id) {
    Instant now = clock.instant();
    forgetBefore(now.minus(window));
    if (firstSeen.putIfAbsent(id, now) != null) {
      return false;
    }
    if (firstSeen.size() > most) {
      Iterator<String> oldest = firstSeen.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    return true;
  }

  /** The id has not come: its work failed, and the next attempt shall do it. */
  public synchronized void forget(String id) {
    firstSeen.remove(id);
  }

  private void forgetBefore(Instant limit) {
    Iterator<Instant> oldest = firstSeen.values().iterator();
    while (oldest.hasNext() && !oldest.next().isAfter(limit)) {
      oldest.remove();
    }
  }
}
