package io.waybill.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One connection of the receiver: finds the requests in its bytes and writes answers. Reads just
 * what the benchmark's clients send: HTTP/1.1 with Content-Length. Owned by the receiver's thread.
 */
final class HttpConnection {
  private static final byte[] OK =
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] UNAVAILABLE =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);

  private final SocketChannel channel;
  private final int destination;
  private byte[] bytes = new byte[4096];
  private int filled;

  /** Hears each request. */
  interface Listener {
    /** A whole request is there; its body begins at {@code from}. */
    void received(HttpConnection connection, byte[] bytes, int from) throws IOException;
  }

  /**
   * A connection just accepted.
   *
   * @param destination whose port it came to
   */
  HttpConnection(SocketChannel channel, int destination) {
    this.channel = channel;
    this.destination = destination;
  }

  int destination() {
    return destination;
  }

  /** Takes what has arrived; answers false when the client has closed. */
  boolean read(Listener listener) throws IOException {
    if (filled == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    }
    int count = channel.read(ByteBuffer.wrap(bytes, filled, bytes.length - filled));
    if (count < 0) {
      return false;
    }
    filled += count;
    int used = 0;
    while (true) {
      int body = bodyStart(used);
      int end = body < 0 ? -1 : body + contentLength(used, body);
      if (end < 0 || end > filled) {
        break;
      }
      listener.received(this, bytes, body);
      used = end;
    }
    System.arraycopy(bytes, used, bytes, 0, filled - used);
    filled -= used;
    return true;
  }

  private int bodyStart(int from) {
    for (int i = from + 3; i < filled; i++) {
      if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private int contentLength(int from, int body) throws IOException {
    for (int i = from; i < body; i++) {
      if (bytes[i] == '\n' && isLength(i + 1)) {
        int value = 0;
        for (int at = i + 1 + LENGTH.length; bytes[at] != '\r'; at++) {
          value = bytes[at] == ' ' ? value : 10 * value + bytes[at] - '0';
        }
        return value;
      }
    }
    throw new IOException("a request without Content-Length, which this receiver does not read");
  }

  private boolean isLength(int at) {
    if (at + LENGTH.length > filled) {
      return false;
    }
    for (int i = 0; i < LENGTH.length; i++) {
      if ((bytes[at + i] | 0x20) != (LENGTH[i] | 0x20)) {
        return false;
      }
    }
    return true;
  }

  /** Answers one request with 200. */
  void answer() throws IOException {
    answer(OK);
  }

  /** Answers one request with 503. */
  void refuse() throws IOException {
    answer(UNAVAILABLE);
  }

  private void answer(byte[] bytesOfAnswer) throws IOException {
    ByteBuffer answer = ByteBuffer.wrap(bytesOfAnswer);
    channel.write(answer);
    if (answer.hasRemaining()) {
      // So few bytes always fit into the buffer of a client that waits for its answer.
      throw new IOException("a client does not read its answers");
    }
  }

  void close() throws IOException {
    channel.close();
  }
}
