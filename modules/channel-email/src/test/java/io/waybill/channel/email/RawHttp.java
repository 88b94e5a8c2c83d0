package io.waybill.channel.email;

import io.waybill.guard.Protocol;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A receiver on a free loopback port that sees the very bytes and answers whatever it wants. */
final class RawHttp implements AutoCloseable {

  /** One request as it came. */
  record Seen(String head, byte[] body) {
    String requestLine() {
      return head.substring(0, head.indexOf("\r\n"));
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    List<String> values(String name) {
      return head.lines()
          .skip(1)
          .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .map(line -> line.substring(name.length() + 1).strip())
          .toList();
    }
  }

  /** What the receiver does with one request; the connection stays open when it returns true. */
  @FunctionalInterface
  interface Script {
    boolean answer(Seen request, OutputStream out) throws IOException;
  }

  private final ServerSocket listener;
  private final Script script;
  private final AtomicInteger connections = new AtomicInteger();
  private final List<Seen> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  RawHttp(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
    Thread.ofVirtual().start(this::accept);
  }

  static RawHttp on(Script script) {
    try {
      return new RawHttp(bind(), script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RawHttp answering(String answer) {
    return on((request, out) -> {
      write(out, answer);
      return true;
    });
  }

  /** Answers one after the other, the last one for ever. */
  static RawHttp inTurn(String... answers) {
    AtomicInteger next = new AtomicInteger();
    return on((request, out) -> {
      write(out, answers[Math.min(next.getAndIncrement(), answers.length - 1)]);
      return true;
    });
  }

  static String answer(int status, String body, String... headers) {
    StringBuilder answer = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
    for (String header : headers) {
      answer.append(header).append("\r\n");
    }
    return answer + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private static ServerSocket bind() throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
    return socket;
  }

  /** A loopback port where nobody listens. */
  static int deadPort() throws IOException {
    try (ServerSocket socket = bind()) {
      return socket.getLocalPort();
    }
  }

  static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  int port() {
    return listener.getLocalPort();
  }

  Place place() {
    return new Place("127.0.0.1", port(), false, Protocol.HTTP);
  }

  int connections() {
    return connections.get();
  }

  List<Seen> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        Seen request = read(in);
        requests.add(request);
        if (!script.answer(request, socket.getOutputStream())) {
          return;
        }
      }
    } catch (IOException e) {
      // The client hung up, which tests see elsewhere.
    } finally {
      open.remove(socket);
    }
  }

  private static Seen read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int last = 0;
    while (last != 0x0d0a0d0a) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("hung up");
      }
      head.write(b);
      last = last << 8 | b;
    }
    Seen bare = new Seen(head.toString(StandardCharsets.ISO_8859_1), new byte[0]);
    List<String> lengths = bare.values("Content-Length");
    int length = lengths.isEmpty() ? 0 : Integer.parseInt(lengths.getFirst());
    byte[] body = in.readNBytes(length);
    return new Seen(bare.head(), body);
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
