package io.waybill.channel.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An operator's proxy on a free loopback port, as good or as bad as it is told to be. */
public final class ConnectProxy implements AutoCloseable {

  /** What it does when it is asked. */
  public enum Manner {
    /** Connects to 127.0.0.1 at the port that it is asked for, whatever the host. */
    LETS_THROUGH,
    /** 407. */
    WANTS_LOG_IN,
    /** 403. */
    FORBIDS,
    /** 502, with a body. */
    FAILS,
    /** Says nothing. */
    HANGS,
    /** Closes the connection. */
    HANGS_UP,
    /** Says what is not HTTP. */
    TALKS_GARBAGE
  }

  private final ServerSocket listener;
  private final Manner manner;
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /** A proxy that listens. */
  public ConnectProxy(Manner manner) {
    this.manner = manner;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("connect-proxy").start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** All that was sent to it for itself, a request each. */
  public List<String> heads() {
    return List.copyOf(heads);
  }

  /** What it was asked for: {@code 93.184.216.34:443}. */
  public List<String> askedFor() {
    return heads.stream().map(head -> head.split(" ", 3)[1]).toList();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        Thread.ofVirtual().name("connect-proxy-client").start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = head(client.getInputStream());
      heads.add(head);
      switch (manner) {
        case LETS_THROUGH -> letThrough(client, head);
        case WANTS_LOG_IN ->
            answer(
                client,
                "HTTP/1.1 407 Proxy Authentication Required\r\n"
                    + "Proxy-Authenticate: Basic realm=\"egress\"\r\nContent-Length: 2\r\n\r\nno");
        case FORBIDS -> answer(client, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        case FAILS -> answer(client, "HTTP/1.1 502 Bad\r\nContent-Length: 5\r\n\r\nsorry");
        case HANGS -> drain(client.getInputStream());
        case HANGS_UP -> {}
        case TALKS_GARBAGE -> answer(client, "220 mail.example ESMTP\r\n\r\n\r\n");
      }
    } catch (IOException e) {
      // The client hung up.
    } finally {
      open.remove(client);
    }
  }

  private void letThrough(Socket client, String head) throws IOException {
    String target = head.split(" ", 3)[1];
    int port = Integer.parseInt(target.substring(target.lastIndexOf(':') + 1));
    Socket connected;
    try {
      connected = new Socket(InetAddress.getLoopbackAddress(), port);
    } catch (IOException e) {
      answer(client, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    open.add(connected);
    answer(client, "HTTP/1.1 200 Connection established\r\n\r\n");
    try (connected) {
      Thread back = Thread.ofVirtual().start(() -> copy(connected, client));
      copy(client, connected);
      back.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(connected);
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int last = 0;
    while (last != 0x0d0a0d0a) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("hung up");
      }
      head.write(next);
      last = last << 8 | next;
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  private static void answer(Socket client, String text) throws IOException {
    OutputStream out = client.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static void drain(InputStream in) throws IOException {
    while (in.read() >= 0) {
      // until the client hangs up
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(ConnectProxy::close);
  }
}
