package io.waybill.fanout;

import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.OrganizationId;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one partition that wait for destinations. The store keeps their bytes; what they
 * wait for is also kept in memory, so that looking at all of them costs no reading and decoding.
 * Its size is bounded by what can arrive within the grace period. Used by one stream thread.
 */
final class Held {
  /** Destinations looked up per round; the next round goes on from there. */
  private static final int MOST_LOOKS = 1_000;

  private final KeyValueStore<byte[], byte[]> store;

  /** By the end of their grace; the value is empty for those that were held before a restart. */
  private final NavigableMap<HeldKey, Optional<Wanted>> waiting = new TreeMap<>();

  private final Set<HeldKey> ready = new LinkedHashSet<>();

  private long seenChanges = -1;
  private long passChanges;
  private @Nullable HeldKey cursor;

  Held(KeyValueStore<byte[], byte[]> store) {
    this.store = store;
    try (KeyValueIterator<byte[], byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<byte[], byte[]> entry = all.next();
        waiting.put(HeldKey.read(entry.key), Optional.empty());
      }
    }
  }

  /** What a held request waits for. */
  record Wanted(OrganizationId organizationId, DestinationSelection destinations) {
    static Wanted of(DeliveryRequest request) {
      return new Wanted(request.organizationId(), request.destinations());
    }
  }

  int size() {
    return waiting.size();
  }

  /** Keeps a request. Its {@link Arrival#graceEnd} is present. */
  void hold(Arrival arrival, Wanted wanted) {
    HeldKey key = HeldKey.of(arrival);
    store.put(key.bytes(), HeldKey.writeValue(arrival));
    waiting.put(key, Optional.of(wanted));
  }

  /**
   * Finds out which requests need wait no longer: their grace is over, or nothing that they want is
   * missing any more. Bounded work; what is not reached now is reached by the next calls.
   *
   * @param changes the destination table's; while it stays the same only the time is looked at
   * @param settled whether nothing is missing any more
   */
  void look(Instant now, long changes, Predicate<Wanted> settled) {
    for (HeldKey key : waiting.keySet()) {
      if (key.graceEnd() > now.toEpochMilli()) {
        break;
      }
      ready.add(key);
    }
    if (cursor == null) {
      if (changes == seenChanges) {
        return;
      }
      passChanges = changes;
    }
    NavigableMap<HeldKey, Optional<Wanted>> rest =
        cursor == null ? waiting : waiting.tailMap(cursor, false);
    int looks = 0;
    for (Map.Entry<HeldKey, Optional<Wanted>> entry : rest.entrySet()) {
      if (looks++ == MOST_LOOKS) {
        return;
      }
      cursor = entry.getKey();
      if (entry.getValue().map(settled::test).orElse(true)) {
        ready.add(entry.getKey());
      }
    }
    cursor = null;
    seenChanges = passChanges;
  }

  /** Takes the next request that need wait no longer. */
  Optional<Arrival> release() {
    Iterator<HeldKey> next = ready.iterator();
    if (!next.hasNext()) {
      return Optional.empty();
    }
    HeldKey key = next.next();
    next.remove();
    waiting.remove(key);
    byte[] bytes = key.bytes();
    byte[] value = store.delete(bytes);
    if (value == null) {
      throw new IllegalStateException("a held request is not in its store");
    }
    return Optional.of(key.readValue(value));
  }
}
