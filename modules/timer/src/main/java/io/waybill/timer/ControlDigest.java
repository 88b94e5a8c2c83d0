package io.waybill.timer;

import io.waybill.domain.Control;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Says at no cost that nothing is paused, as is mostly so, or that nothing was cancelled since it
 * was asked last. What stands under a key is for the store to say. Written by the global stream
 * thread, read by any.
 */
final class ControlDigest {
  private final Set<String> pauses = ConcurrentHashMap.newKeySet();
  private final AtomicLong cancels = new AtomicLong();

  /** A record of the control topic, which the store has already. */
  void take(String key, byte @Nullable [] value) {
    if (key.startsWith(Control.DELIVERY_PREFIX)) {
      if (value != null) {
        cancels.incrementAndGet();
      }
    } else if (value == null) {
      pauses.remove(key);
    } else {
      pauses.add(key);
    }
  }

  /** How many cancels have come; all of them stand in the store, unless they were lifted. */
  long cancels() {
    return cancels.get();
  }

  /** Whether a pause may stand under any key. */
  boolean hasPauses() {
    return !pauses.isEmpty();
  }

  /** Whether a pause may stand under this key. */
  boolean mayPause(String key) {
    return pauses.contains(key);
  }
}
