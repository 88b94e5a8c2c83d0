package io.waybill.timer;

import io.waybill.domain.Control;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Says at no cost that nothing is paused, as is mostly so. What stands under a key is for the store
 * to say. Written by the global stream thread, read by any.
 */
final class ControlDigest {
  private final Set<String> pauses = ConcurrentHashMap.newKeySet();

  /** A record of the control topic, which the store has already. */
  void take(String key, byte @Nullable [] value) {
    if (key.startsWith(Control.DELIVERY_PREFIX)) {
      return;
    }
    if (value == null) {
      pauses.remove(key);
    } else {
      pauses.add(key);
    }
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
