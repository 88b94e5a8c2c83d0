package io.waybill.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes connections on to a server and back, but loses the first answers: the server has done what
 * it was asked for, and the client sees its connection break.
 */
final class LosingRelay implements AutoCloseable {
  private final ServerSocket listener;
  private final URI server;
  private final int answersToLose;
  private final AtomicInteger lost = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private LosingRelay(URI server, int answersToLose) throws IOException {
    this.server = server;
    this.answersToLose = answersToLose;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  static LosingRelay to(URI server, int answersToLose) {
    try {
      LosingRelay relay = new LosingRelay(server, answersToLose);
      Thread.ofVirtual().name("losing-relay").start(relay::accept);
      return relay;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /** How many answers were not passed on. */
  int lost() {
    return lost.get();
  }

  private void accept() {
    while (true) {
      try {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> pass(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void pass(Socket client) {
    try (client;
        Socket behind = new Socket(server.getHost(), server.getPort())) {
      open.add(behind);
      Thread.ofVirtual().start(() -> forward(client, behind));
      InputStream answers = behind.getInputStream();
      byte[] buffer = new byte[8192];
      int read = answers.read(buffer);
      // The first byte of an answer means that the request is done.
      if (read > 0 && lost.get() < answersToLose) {
        lost.incrementAndGet();
        return;
      }
      while (read > 0) {
        client.getOutputStream().write(buffer, 0, read);
        read = answers.read(buffer);
      }
    } catch (IOException e) {
      // One side hung up; the other is closed with it.
    }
  }

  private static void forward(Socket client, Socket behind) {
    try {
      client.getInputStream().transferTo(behind.getOutputStream());
      behind.shutdownOutput();
    } catch (IOException e) {
      // The other direction notices.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
