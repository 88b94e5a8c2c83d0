package io.waybill.timer;

import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Goes through what the pauses of one partition hold whenever deliveries were cancelled, for what
 * is held does not know of its cancel until it is looked at: a pause may outlast the time for which
 * the status role keeps the cancel's word. A few tasks at a time, so a million take hours; the word
 * stands for weeks.
 *
 * <p>Known only in memory: the first look after a restart begins from the start. Owned by the
 * stream thread of its task.
 */
final class CancelSweep {
  private static final int MOST_AT_A_TIME = 50;

  private final KeyValueStore<Bytes, byte[]> store;
  private final ControlDigest digest;
  private final long everyMillis;

  /** Up to where the present pass has come; none is under way when absent. */
  private Optional<Bytes> at = Optional.empty();

  /** How many cancels had come when the last pass began. */
  private long begunAfter;

  private long lookedAtMillis;

  CancelSweep(KeyValueStore<Bytes, byte[]> store, ControlDigest digest, TimerConfig config) {
    this.store = store;
    this.digest = digest;
    everyMillis = config.pausedRecheck().toMillis();
  }

  /**
   * Goes on for a few tasks, if it is time and something was cancelled.
   *
   * @param held takes a held task's key and value, and may remove it from the store
   */
  void look(long nowMillis, BiConsumer<Bytes, byte[]> held) {
    // Unequal, for the clock may be set back.
    if (Math.abs(nowMillis - lookedAtMillis) < everyMillis) {
      return;
    }
    lookedAtMillis = nowMillis;
    if (at.isEmpty()) {
      long cancels = digest.cancels();
      if (cancels == begunAfter) {
        return;
      }
      // What is cancelled from now on, before where this pass has come, is for the next one.
      begunAfter = cancels;
      at = Optional.of(HeldKey.startOfAll());
    }
    try (KeyValueIterator<Bytes, byte[]> tasks = store.range(at.get(), HeldKey.endOfAll())) {
      for (int looked = 0; looked < MOST_AT_A_TIME; looked++) {
        if (!tasks.hasNext()) {
          at = Optional.empty();
          return;
        }
        KeyValue<Bytes, byte[]> task = tasks.next();
        at = Optional.of(task.key);
        held.accept(task.key, task.value);
      }
    }
  }
}
