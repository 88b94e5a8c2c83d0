package io.waybill.sender;

import io.waybill.domain.Payload;
import io.waybill.domain.RecordOrigin;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Optional;

/** Payloads last used, up to a number of bytes. For one thread. */
final class PayloadCache {
  private final long maxBytes;
  private final LinkedHashMap<RecordOrigin, Payload> byOrigin =
      new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  PayloadCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  Optional<Payload> get(RecordOrigin origin) {
    return Optional.ofNullable(byOrigin.get(origin));
  }

  /** Keeps the payload unless it is larger than the whole cache. */
  void put(RecordOrigin origin, Payload payload) {
    if (size(payload) > maxBytes) {
      return;
    }
    Payload replaced = byOrigin.put(origin, payload);
    bytes += size(payload) - (replaced == null ? 0 : size(replaced));
    Iterator<Payload> eldest = byOrigin.values().iterator();
    while (bytes > maxBytes && eldest.hasNext()) {
      bytes -= size(eldest.next());
      eldest.remove();
    }
  }

  long bytes() {
    return bytes;
  }

  private static long size(Payload payload) {
    return (long) payload.data().size() + payload.metadata().size();
  }
}
