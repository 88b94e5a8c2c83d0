package io.waybill.timer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Which pauses hold tasks of one partition. A held task costs nothing until its pause ends, however
 * long that takes and however many there are; then they go, the oldest first.
 *
 * <p>Known only in memory: the store says it again after a restart. Owned by the stream thread of
 * its task.
 */
final class Held {
  private final KeyValueStore<Bytes, byte[]> store;
  private final ControlView controls;
  private final long recheckMillis;
  private final NavigableSet<String> standing = new TreeSet<>();

  /** Those that have ended, and before which key nothing is left. */
  private final Map<String, Bytes> ended = new LinkedHashMap<>();

  private long lookedAtMillis;

  Held(KeyValueStore<Bytes, byte[]> store, ControlView controls, TimerConfig config) {
    this.store = store;
    this.controls = controls;
    recheckMillis = config.pausedRecheck().toMillis();
    Bytes from = HeldKey.startOfAll();
    while (true) {
      try (KeyValueIterator<Bytes, byte[]> next = store.range(from, HeldKey.endOfAll())) {
        if (!next.hasNext()) {
          return;
        }
        String pause = HeldKey.pauseOf(next.next().key);
        standing.add(pause);
        from = HeldKey.endOf(pause);
      }
    }
  }

  /** A task was put under this pause, which stands. */
  void add(String pause) {
    ended.remove(pause);
    standing.add(pause);
  }

  /** The pauses that have ended and may still hold tasks. */
  List<String> ended(long nowMillis) {
    // Unequal, for the clock may be set back.
    if (Math.abs(nowMillis - lookedAtMillis) >= recheckMillis) {
      lookedAtMillis = nowMillis;
      standing.removeIf(pause -> {
        boolean hasEnded = !controls.stands(pause);
        if (hasEnded) {
          ended.put(pause, HeldKey.startOf(pause));
        }
        return hasEnded;
      });
    }
    return ended.isEmpty() ? List.of() : new ArrayList<>(ended.keySet());
  }

  /** Whether nothing holds back what this pause held; false once it stands again. */
  boolean hasEnded(String pause) {
    return ended.containsKey(pause);
  }

  /** What an ended pause still holds, the oldest first. */
  KeyValueIterator<Bytes, byte[]> of(String pause) {
    return store.range(ended.getOrDefault(pause, HeldKey.startOf(pause)), HeldKey.endOf(pause));
  }

  /** Of an ended pause, nothing is left up to this key. */
  void pass(String pause, Bytes key) {
    ended.replace(pause, key);
  }

  /** An ended pause holds nothing any more. */
  void forget(String pause) {
    ended.remove(pause);
  }
}
