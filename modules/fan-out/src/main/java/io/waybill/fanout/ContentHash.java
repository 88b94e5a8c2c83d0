package io.waybill.fanout;

import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.Hashing;
import io.waybill.domain.Payload;
import io.waybill.domain.SealedPayload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * What makes two requests the same: type, data, metadata (byte for byte) and the set of
 * destinations. Options are not content: a repeated request may come with another correlation id.
 *
 * @param hex SHA-256 over the parts, each preceded by its length so that no byte can move from one
 *     part to the next unnoticed
 */
record ContentHash(String hex) {

  static ContentHash of(DeliveryRequest request) {
    MessageDigest digest = Hashing.newSha256();
    add(digest, request.payload().type().getBytes(StandardCharsets.UTF_8));
    add(digest, content(request.payload()));
    add(digest, request.payload().metadata().bytes());
    switch (request.destinations()) {
      case DestinationSelection.Defaults() -> addCount(digest, -1);
      case DestinationSelection.Named(var ids) -> {
        addCount(digest, ids.size());
        ids.stream()
            .sorted()
            .map(DestinationId::value)
            .forEach(id -> add(digest, id.getBytes(StandardCharsets.UTF_8)));
      }
    }
    return new ContentHash(HexFormat.of().formatHex(digest.digest()));
  }

  /**
   * Of a sealed payload the keyed hash that its publisher made of what is inside: the ciphertext of
   * the same data is another each time.
   */
  private static byte[] content(Payload payload) {
    if (!payload.sealed()) {
      return payload.data().bytes();
    }
    return SealedPayload.hmacOf(payload.data())
        .map(hmac -> ("sealed " + hmac).getBytes(StandardCharsets.UTF_8))
        .orElseThrow(() -> new IllegalArgumentException("not a sealed payload's JSON form"));
  }

  private static void add(MessageDigest digest, byte[] part) {
    addCount(digest, part.length);
    digest.update(part);
  }

  private static void addCount(MessageDigest digest, int count) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(count).flip());
  }
}
