package io.waybill.channel.webhook;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
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
import java.util.concurrent.atomic.AtomicLong;

/** A receiver on a free loopback port that sees the very bytes and answers whatever it wants. */
final class RawServer implements AutoCloseable {

  /** One request as it came. */
  record Seen(String head, byte[] body) {
    String requestLine() {
      return head.substring(0, head.indexOf("\r\n"));
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

  /** Hears of every connection by which a request has come. */
  @FunctionalInterface
  interface Visitor {
    void came(Socket socket) throws IOException;
  }

  private final ServerSocket listener;
  private final Visitor visitor;
  private final Script script;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger hangUps = new AtomicInteger();
  private final List<Seen> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  RawServer(ServerSocket listener, Script script) {
    this(listener, socket -> {}, script);
  }

  RawServer(ServerSocket listener, Visitor visitor, Script script) {
    this.listener = listener;
    this.visitor = visitor;
    this.script = script;
    Thread.ofVirtual().start(this::accept);
  }

  static RawServer on(Script script) {
    try {
      return new RawServer(bind(), script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RawServer answering(String answer) {
    return on((request, out) -> {
      write(out, answer);
      return true;
    });
  }

  /** Answers with an empty body. */
  static RawServer answering(int status, String... headers) {
    StringBuilder answer = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
    for (String header : headers) {
      answer.append(header).append("\r\n");
    }
    boolean bodiless = status == 204 || status == 304;
    return answering(answer + (bodiless ? "\r\n" : "Content-Length: 0\r\n\r\n"));
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

  String url() {
    return "http://127.0.0.1:" + port() + "/hook";
  }

  int connections() {
    return connections.get();
  }

  /** Connections that the other side ended. */
  int hangUps() {
    return hangUps.get();
  }

  /** Bytes of requests that arrived, whole or not; on TLS what came encrypted. */
  long bytes() {
    return bytes.get();
  }

  private final class Counting extends FilterInputStream {
    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int read = super.read(into, from, length);
      bytes.addAndGet(Math.max(0, read));
      return read;
    }
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
      InputStream in = new BufferedInputStream(new Counting(socket.getInputStream()));
      while (true) {
        Seen request = read(in);
        visitor.came(socket);
        requests.add(request);
        if (!script.answer(request, socket.getOutputStream())) {
          return;
        }
      }
    } catch (IOException e) {
      hangUps.incrementAndGet();
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
    int length = Integer.parseInt(bare.values("Content-Length").getFirst());
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
