package io.waybill.timer;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Where looks start: nothing is parked before {@link #at()}. Behind it lie the tombstones of all
 * that went before, over which a look from the store's beginning would have to walk. It is kept in
 * the index, under a key that no task id can be, so that a restart does not walk either; in the
 * same transaction as the deletions that it stands for. What is kept may lag behind by some
 * tombstones, and is never ahead.
 *
 * <p>When looks are stopped by their bounds, three parts lie behind one another: the backlog from
 * {@link #at()} to {@link #backlogEnd()}; from there to {@link #seen()} what came due later and is
 * gone already; and what has come due since.
 *
 * <p>Owned by the stream thread of its task.
 */
final class Cursor {
  static final String KEY = "cursor";

  private final KeyValueStore<String, byte[]> store;
  private final int keptEvery;
  private Bytes at;
  private Bytes backlogEnd;
  private Bytes seen;
  private Bytes kept;
  private int passedSinceKept;

  /**
   * @param keptEvery so many tombstones may a restart have to walk over; a put for each would be a
   *     third more work
   */
  Cursor(KeyValueStore<String, byte[]> store, int keptEvery) {
    this.store = store;
    this.keptEvery = keptEvery;
    byte @Nullable [] value = store.get(KEY);
    at = value == null ? ParkedKey.startOf(0) : Bytes.wrap(value);
    backlogEnd = at;
    seen = at;
    kept = at;
  }

  Bytes at() {
    return at;
  }

  Bytes backlogEnd() {
    return backlogEnd;
  }

  /** Between the backlog's end and here nothing is left. */
  Bytes seen() {
    return seen;
  }

  /** Whether there is a backlog, and a part up to {@code end} that has come due since. */
  boolean isBehind(Bytes end) {
    return at.compareTo(backlogEnd) < 0 && seen.compareTo(end) < 0;
  }

  /** All up to {@code end} is the backlog. */
  void join(Bytes end) {
    backlogEnd = end;
    seen = end;
  }

  /** What has come due since is gone up to this key, and this one too. */
  void passNewest(Bytes key) {
    seen = key;
  }

  /** The backlog's first task, which had this key, is gone. */
  void pass(Bytes key) {
    at = key;
    passedSinceKept++;
    if (passedSinceKept >= keptEvery) {
      keep();
    }
  }

  /** The whole backlog is gone. */
  void catchUp() {
    at = seen;
    backlogEnd = seen;
  }

  /** A task was parked; among what looks have seen only when the clock was set back. */
  void include(Bytes key) {
    if (key.compareTo(seen) < 0) {
      backlogEnd = seen;
    }
    if (key.compareTo(at) < 0) {
      at = key;
    }
    if (key.compareTo(kept) < 0) {
      keep();
    }
  }

  private void keep() {
    store.put(KEY, at.get());
    kept = at;
    passedSinceKept = 0;
  }
}
