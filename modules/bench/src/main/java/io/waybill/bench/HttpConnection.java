package io.waybill.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

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

  private final Link link;
  private final int destination;
  private final Inbox inbox = new Inbox();

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
  HttpConnection(Link link, int destination) {
    this.link = link;
    this.destination = destination;
  }

  int destination() {
    return destination;
  }

  /** Takes what has arrived; answers false when the client has closed. */
  boolean read(Listener listener) throws IOException {
    if (!link.read(inbox)) {
      return false;
    }
    byte[] bytes = inbox.bytes();
    int filled = inbox.filled();
    int used = 0;
    while (true) {
      int body = bodyStart(bytes, used, filled);
      int end = body < 0 ? -1 : body + contentLength(bytes, used, body);
      if (end < 0 || end > filled) {
        break;
      }
      listener.received(this, bytes, body);
      used = end;
    }
    inbox.remove(used);
    return true;
  }

  private static int bodyStart(byte[] bytes, int from, int filled) {
    for (int i = from + 3; i < filled; i++) {
      if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private static int contentLength(byte[] bytes, int from, int body) throws IOException {
    for (int i = from; i < body; i++) {
      if (bytes[i] == '\n' && isLength(bytes, i + 1)) {
        int value = 0;
        for (int at = i + 1 + LENGTH.length; bytes[at] != '\r'; at++) {
          value = bytes[at] == ' ' ? value : 10 * value + bytes[at] - '0';
        }
        return value;
      }
    }
    throw new IOException("a request without Content-Length, which this receiver does not read");
  }

  private static boolean isLength(byte[] bytes, int at) {
    if (at + LENGTH.length > bytes.length) {
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
    link.write(OK);
  }

  /** Answers one request with 503. */
  void refuse() throws IOException {
    link.write(UNAVAILABLE);
  }

  void close() throws IOException {
    link.close();
  }
}
