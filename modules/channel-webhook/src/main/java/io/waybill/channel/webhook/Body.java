package io.waybill.channel.webhook;

import java.util.List;
import java.util.function.Consumer;

/**
 * The bytes of one request, in pieces, so that a payload of 10 MiB is sent, signed and compressed
 * where it lies and not copied first. The pieces are not copied: nobody may change them.
 */
final class Body {
  private final List<byte[]> pieces;
  private final long length;

  private Body(List<byte[]> pieces) {
    this.pieces = List.copyOf(pieces);
    this.length = this.pieces.stream().mapToLong(piece -> piece.length).sum();
  }

  /** These one after the other. */
  static Body of(List<byte[]> pieces) {
    return new Body(pieces);
  }

  /** One piece. */
  static Body of(byte[] whole) {
    return new Body(List.of(whole));
  }

  /** In bytes, of all of it. */
  long length() {
    return length;
  }

  List<byte[]> pieces() {
    return pieces;
  }

  /** Hands over each piece, in order. */
  void forEach(Consumer<byte[]> reader) {
    pieces.forEach(reader);
  }
}
