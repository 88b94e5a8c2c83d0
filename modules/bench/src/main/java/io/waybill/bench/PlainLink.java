package io.waybill.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Bytes as they are. */
record PlainLink(SocketChannel channel) implements Link {
  @Override
  public boolean read(Inbox into) throws IOException {
    int count = channel.read(into.free());
    if (count < 0) {
      return false;
    }
    into.added(count);
    return true;
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    writeAll(channel, ByteBuffer.wrap(bytes));
  }

  static void writeAll(SocketChannel channel, ByteBuffer bytes) throws IOException {
    channel.write(bytes);
    if (bytes.hasRemaining()) {
      // A few bytes always fit into the buffer of a client that waits for its answer.
      throw new IOException("a client does not read its answers");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
