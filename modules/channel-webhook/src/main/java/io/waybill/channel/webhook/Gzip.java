package io.waybill.channel.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Compresses a body (RFC 1952), the same bytes to the same bytes. */
final class Gzip {
  private static final int PIECE = 64 * 1024;

  private Gzip() {}

  static Body of(Body body) {
    Pieces compressed = new Pieces();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed, 8 * 1024)) {
      for (byte[] piece : body.pieces()) {
        gzip.write(piece);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return Body.of(compressed.all());
  }

  /** Keeps what is written in pieces: one array that grows would be copied at each growth. */
  private static final class Pieces extends OutputStream {
    private final List<byte[]> full = new ArrayList<>();
    private final ByteArrayOutputStream current = new ByteArrayOutputStream(1024);

    @Override
    public void write(int b) {
      current.write(b);
      flushFull();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      current.write(bytes, offset, length);
      flushFull();
    }

    private void flushFull() {
      if (current.size() >= PIECE) {
        full.add(current.toByteArray());
        current.reset();
      }
    }

    List<byte[]> all() {
      if (current.size() > 0) {
        full.add(current.toByteArray());
        current.reset();
      }
      return full;
    }
  }
}
