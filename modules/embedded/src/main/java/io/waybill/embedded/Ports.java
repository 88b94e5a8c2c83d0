package io.waybill.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Loopback ports, judged by binding them. */
final class Ports {
  static final String HOST = "127.0.0.1";

  private Ports() {}

  /** Two different ports that were free a moment ago. */
  static int[] twoFree() {
    try (ServerSocket first = bind(0);
        ServerSocket second = bind(0)) {
      return new int[] {first.getLocalPort(), second.getLocalPort()};
    } catch (IOException e) {
      throw new UncheckedIOException("No free port could be bound on " + HOST, e);
    }
  }

  /** Whether nobody listens there now. */
  static boolean isFree(int port) {
    try (ServerSocket probe = bind(port)) {
      return probe.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static ServerSocket bind(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(HOST), port), 1);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  static IllegalStateException taken(String what, int port, String setting) {
    return new IllegalStateException(
        "Port "
            + port
            + " on "
            + HOST
            + " is taken, so the "
            + what
            + " cannot start. Stop what listens there (lsof -i :"
            + port
            + " names it), or set "
            + setting
            + " to another port, or to 0 for any free one.");
  }
}
