package io.waybill.channel.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Listens on every address of this machine, IPv4 and IPv6, where nobody may call. Answers nothing,
 * and keeps what was called.
 */
public final class Trap implements AutoCloseable {
  private final ServerSocket listener;
  private final List<InetAddress> calls = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /** A trap on a free port. */
  public Trap() {
    try {
      listener = new ServerSocket(0, 100);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("trap").start(this::accept);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        calls.add(socket.getLocalAddress());
        open.add(socket);
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** The addresses that were called, once for each call. */
  public List<InetAddress> calls() {
    return List.copyOf(calls);
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
