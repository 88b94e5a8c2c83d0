package io.waybill.channel.webhook;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * Writes a body to its connection a slice at a time. Of an array on the heap the JVM copies all
 * that it is shown into memory outside the heap, at every write, and keeps that memory for the
 * thread: shown whole, 10 MiB would be copied some hundred times on their way and cost 10 MiB for
 * each I/O thread for good. Used by the connection's I/O thread.
 */
final class BodyProducer implements AsyncEntityProducer {
  /** What one write shows to the connection, and so what a thread keeps outside the heap. */
  static final int SLICE = 64 * 1024;

  /** The thread serves other connections, too. */
  private static final int SLICES_OF_ONE_TURN = 8;

  private final Body body;
  private int piece;
  private int offset;

  BodyProducer(Body body) {
    this.body = body;
  }

  @Override
  public void produce(DataStreamChannel channel) throws IOException {
    for (int slice = 0; slice < SLICES_OF_ONE_TURN && !isAtEnd(); slice++) {
      ByteBuffer next = next();
      int most = next.remaining();
      int written = channel.write(next);
      offset += written;
      if (written < most) {
        break;
      }
    }
    if (isAtEnd()) {
      channel.endStream();
    } else {
      // The connection is full, or others have their turn.
      channel.requestOutput();
    }
  }

  /** Goes on to the next piece when one is over. */
  private boolean isAtEnd() {
    while (piece < body.pieces().size() && offset == body.pieces().get(piece).length) {
      piece++;
      offset = 0;
    }
    return piece == body.pieces().size();
  }

  private ByteBuffer next() {
    byte[] current = body.pieces().get(piece);
    return ByteBuffer.wrap(current, offset, Math.min(SLICE, current.length - offset));
  }

  @Override
  public int available() {
    return SLICE;
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public long getContentLength() {
    return body.length();
  }

  @Override
  public @Nullable String getContentType() {
    // It stands in the head: the destination's own, or JSON.
    return null;
  }

  @Override
  public @Nullable String getContentEncoding() {
    return null;
  }

  @Override
  public boolean isChunked() {
    return false;
  }

  @Override
  public Set<String> getTrailerNames() {
    return Set.of();
  }

  @Override
  public void failed(Exception cause) {
    // Whoever waits for the answer is told.
  }

  @Override
  public void releaseResources() {
    // It owns none.
  }
}
