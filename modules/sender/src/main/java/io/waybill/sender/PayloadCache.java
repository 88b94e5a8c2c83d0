package io.waybill.sender;

import io.waybill.domain.RawJson;
import io.waybill.domain.RecordOrigin;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Optional;

/** Payloads last used, up to a number of bytes. For one thread. */
final class PayloadCache {
  private final long maxBytes;
  private final LinkedHashMap<RecordOrigin, RawJson> byOrigin =
      new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  PayloadCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  Optional<RawJson> get(RecordOrigin origin) {
    return Optional.ofNullable(byOrigin.get(origin));
  }

  /** Keeps the payload unless it is larger than the whole cache. */
  void put(RecordOrigin origin, RawJson data) {
    if (data.size() > maxBytes) {
      return;
    }
    RawJson replaced = byOrigin.put(origin, data);
    bytes += data.size() - (replaced == null ? 0 : replaced.size());
    Iterator<RawJson> eldest = byOrigin.values().iterator();
    while (bytes > maxBytes && eldest.hasNext()) {
      bytes -= eldest.next().size();
      eldest.remove();
    }
  }

  long bytes() {
    return bytes;
  }
}
