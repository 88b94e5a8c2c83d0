package io.waybill.fanout;

import io.waybill.domain.DeliveryId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;

/**
 * The claims of one partition.
 *
 * <p>A window store rather than a key-value store with expiry times: whole segments of old claims
 * are dropped at once, with no second index to scan and no tombstone for each. Its windows count
 * the time at which a request is processed, not the time that its publisher wrote on it, so that a
 * record from 1970 or 3000 neither forgets nor keeps anything.
 */
final class Claims {
  private static final byte FORMAT = 1;

  private final WindowStore<String, byte[]> store;
  private final Duration window;

  Claims(WindowStore<String, byte[]> store, Duration window) {
    this.store = store;
    this.window = window;
  }

  /** Who has claimed it. */
  record Claim(DeliveryId deliveryId, ContentHash content) {}

  Optional<Claim> find(ClaimKey key, Instant now) {
    // Another process's clock may be ahead of ours: what it claimed counts too.
    try (WindowStoreIterator<byte[]> found =
        store.fetch(key.storeKey(), now.minus(window), now.plus(window))) {
      return found.hasNext() ? Optional.of(read(found.next().value)) : Optional.empty();
    }
  }

  void put(ClaimKey key, Claim claim, Instant now) {
    store.put(key.storeKey(), write(claim), now.toEpochMilli());
  }

  private static byte[] write(Claim claim) {
    UUID id = claim.deliveryId().value();
    byte[] hash = HexFormat.of().parseHex(claim.content().hex());
    return ByteBuffer.allocate(1 + 2 * Long.BYTES + hash.length)
        .put(FORMAT)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .put(hash)
        .array();
  }

  private static Claim read(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    byte format = buffer.get();
    if (format != FORMAT) {
      throw new IllegalStateException(
          "the claims store holds format "
              + format
              + ", which this version does not know; run the version that wrote it");
    }
    UUID id = new UUID(buffer.getLong(), buffer.getLong());
    byte[] hash = new byte[buffer.remaining()];
    buffer.get(hash);
    return new Claim(new DeliveryId(id), new ContentHash(HexFormat.of().formatHex(hash)));
  }
}
