package io.waybill.channel.email;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * The socket that an attempt may be waiting in, for whoever breaks the attempt off: closing it ends
 * the wait. Safe to share between threads.
 */
final class Grip {
  private @Nullable Socket socket;
  private boolean brokenOff;

  /** Takes the place of what was held before, which is no longer this attempt's. */
  synchronized void hold(Socket newSocket) {
    socket = newSocket;
    if (brokenOff) {
      close(newSocket);
    }
  }

  /** Whether what was held goes on without this attempt; otherwise it is closed already. */
  synchronized boolean letGo() {
    socket = null;
    return !brokenOff;
  }

  /** What was held last, and is not closed by anybody but whoever breaks off. */
  synchronized Socket held() {
    Socket found = socket;
    if (found == null) {
      throw new IllegalStateException("nothing is held");
    }
    return found;
  }

  /** How long a read may take from now on. */
  synchronized void waitNoLongerThan(int millis) throws SocketException {
    if (socket != null) {
      socket.setSoTimeout(millis);
    }
  }

  /** Closes what is held, but lets the attempt go on with another socket. */
  synchronized void drop() {
    if (socket != null) {
      close(socket);
      socket = null;
    }
  }

  /** Closes what is held and whatever else will be. */
  synchronized void breakOff() {
    brokenOff = true;
    if (socket != null) {
      close(socket);
    }
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is as closed as it will be.
      return;
    }
  }
}
