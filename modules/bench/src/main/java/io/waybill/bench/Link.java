package io.waybill.bench;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** The bytes' way between the receiver and one of its clients; owned by the receiver's thread. */
interface Link {
  /** Takes what has arrived; answers false when the client has closed. */
  boolean read(Inbox into) throws IOException;

  /**
   * Writes all of it.
   *
   * @throws IOException also when it does not fit: the client does not read its answers
   */
  void write(byte[] bytes) throws IOException;

  void close() throws IOException;

  /** Makes the links of all connections. */
  interface Factory {
    /** For a connection just accepted, which does not block. */
    Link open(SocketChannel channel) throws IOException;
  }
}
