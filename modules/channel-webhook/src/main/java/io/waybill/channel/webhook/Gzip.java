package io.waybill.channel.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Compresses a body (RFC 1952), the same bytes to the same bytes. */
final class Gzip {
  private Gzip() {}

  static byte[] of(byte[] body) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(Math.max(64, body.length / 4));
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed, 8 * 1024)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return compressed.toByteArray();
  }
}
