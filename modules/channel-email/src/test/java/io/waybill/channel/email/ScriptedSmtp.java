package io.waybill.channel.email;

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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A mail server on a free loopback port that answers each command as it is told to: what a well
 * behaved server never does. Without instructions it takes every mail.
 */
final class ScriptedSmtp implements AutoCloseable {
  /** Instead of a reply: close the connection. */
  static final String HANG_UP = "hang up";

  /** Instead of a reply: say nothing until the test is over. */
  static final String HANG = "hang";

  /** A mail that was taken or refused at its end. */
  record Received(String recipient, String raw, boolean taken) {
    /** The value of a header, unfolded; empty without it. */
    String header(String name) {
      String head = raw.substring(0, raw.indexOf("\r\n\r\n")).replaceAll("\r\n[ \t]+", " ");
      return head.lines()
          .filter(line -> line.regionMatches(true, 0, name + ": ", 0, name.length() + 2))
          .map(line -> line.substring(name.length() + 2))
          .findFirst()
          .orElse("");
    }
  }

  /** Takes over a connection from its first byte. */
  @FunctionalInterface
  interface Conversation {
    void hold(InputStream in, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket listener;
  private final @Nullable Conversation conversation;
  private final Map<String, Function<String, String>> scripts = new ConcurrentHashMap<>();
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private final List<Received> mails = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile String extensions = "250-SIZE 20000000\r\n250-AUTH PLAIN LOGIN\r\n";
  private volatile @Nullable SSLContext startTls;
  private volatile String injected = "";
  private volatile @Nullable SSLContext implicitTls;

  private ScriptedSmtp(@Nullable Conversation conversation) {
    this.conversation = conversation;
    try {
      listener = new ServerSocket();
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  static ScriptedSmtp takingAll() {
    return new ScriptedSmtp(null);
  }

  static ScriptedSmtp speaking(Conversation conversation) {
    return new ScriptedSmtp(conversation);
  }

  /** Answers a command (BANNER, EHLO, AUTH, MAIL, RCPT, DATA, END, RSET) by its line. */
  ScriptedSmtp on(String command, Function<String, String> reply) {
    scripts.put(command, reply);
    return this;
  }

  ScriptedSmtp on(String command, String reply) {
    return on(command, line -> reply);
  }

  /** The replies one after the other; the last one for ever. */
  ScriptedSmtp inTurn(String command, String... replies) {
    AtomicInteger next = new AtomicInteger();
    return on(command, line -> replies[Math.min(next.getAndIncrement(), replies.length - 1)]);
  }

  ScriptedSmtp withoutExtensions() {
    extensions = "";
    return this;
  }

  ScriptedSmtp offeringStartTls(SSLContext context) {
    startTls = context;
    return this;
  }

  /** Sent in clear right behind the reply to STARTTLS, in the same packet. */
  ScriptedSmtp injecting(String text) {
    injected = text;
    return this;
  }

  ScriptedSmtp speakingTls(SSLContext context) {
    implicitTls = context;
    return this;
  }

  int port() {
    return listener.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  /** Connections that are open. */
  int open() {
    return open.size();
  }

  /** All lines that clients sent, messages excepted. */
  List<String> commands() {
    return List.copyOf(commands);
  }

  List<Received> taken() {
    return mails.stream().filter(Received::taken).toList();
  }

  List<Received> all() {
    return List.copyOf(mails);
  }

  boolean isOver() {
    return over.getCount() == 0;
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
      if (conversation != null) {
        conversation.hold(socket.getInputStream(), socket.getOutputStream());
        return;
      }
      SSLContext tls = implicitTls;
      new Client(tls == null ? socket : secured(socket, tls)).serve();
    } catch (IOException e) {
      // The client hung up, which tests see elsewhere.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  private static SSLSocket secured(Socket socket, SSLContext tls) throws IOException {
    SSLSocket secured =
        (SSLSocket) tls.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
    secured.setUseClientMode(false);
    secured.startHandshake();
    return secured;
  }

  private final class Client {
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private String recipient = "";

    Client(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    void serve() throws IOException, InterruptedException {
      if (!answer("BANNER", "", "220 mail.example ESMTP")) {
        return;
      }
      while (true) {
        String line = line();
        commands.add(line);
        if (!command(line)) {
          return;
        }
      }
    }

    private boolean command(String line) throws IOException, InterruptedException {
      String verb = line.split("[ :]", 2)[0].toUpperCase(java.util.Locale.ROOT);
      return switch (verb) {
        case "EHLO", "HELO" ->
            answer("EHLO", line, "250-mail.example\r\n" + startTlsLine() + extensions + "250 OK");
        case "STARTTLS" -> upgrade(line);
        case "AUTH" -> answer("AUTH", line, "235 2.7.0 welcome");
        case "RCPT" -> {
          recipient = line.substring(line.indexOf('<') + 1, line.indexOf('>'));
          yield answer("RCPT", line, "250 2.1.5 Ok");
        }
        case "DATA" -> data(line);
        case "QUIT" -> {
          write("221 bye\r\n");
          yield false;
        }
        default -> answer(verb, line, "250 Ok");
      };
    }

    private String startTlsLine() {
      return startTls == null || socket instanceof SSLSocket ? "" : "250-STARTTLS\r\n";
    }

    private boolean upgrade(String line) throws IOException, InterruptedException {
      SSLContext tls = startTls;
      if (tls == null) {
        return answer("STARTTLS", line, "502 no");
      }
      if (scripts.containsKey("STARTTLS")) {
        return answer("STARTTLS", line, "");
      }
      write("220 go ahead\r\n" + injected);
      socket = secured(socket, tls);
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
      return true;
    }

    private boolean data(String line) throws IOException, InterruptedException {
      String reply = scripts.getOrDefault("DATA", any -> "354 go on").apply(line);
      if (!reply.startsWith("354")) {
        return say(reply);
      }
      write(reply + "\r\n");
      ByteArrayOutputStream raw = new ByteArrayOutputStream();
      while (true) {
        String each = line();
        if (each.equals(".")) {
          break;
        }
        String unstuffed = each.startsWith(".") ? each.substring(1) : each;
        raw.writeBytes((unstuffed + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      }
      String end =
          scripts
              .getOrDefault("END", any -> "250 2.0.0 Ok: queued as 4XYZ" + mails.size())
              .apply(recipient);
      mails.add(
          new Received(recipient, raw.toString(StandardCharsets.ISO_8859_1), end.startsWith("2")));
      return say(end);
    }

    private boolean answer(String command, String line, String otherwise)
        throws IOException, InterruptedException {
      return say(scripts.getOrDefault(command, any -> otherwise).apply(line));
    }

    private boolean say(String reply) throws IOException, InterruptedException {
      if (reply.equals(HANG)) {
        over.await();
        return false;
      }
      if (reply.equals(HANG_UP)) {
        return false;
      }
      write(reply + "\r\n");
      return true;
    }

    private String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      while (true) {
        int b = in.read();
        if (b < 0) {
          throw new IOException("hung up");
        }
        if (b == '\n') {
          return line.toString(StandardCharsets.ISO_8859_1).replace("\r", "");
        }
        line.write(b);
      }
    }

    private void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }
  }

  /** A loopback port where nobody listens. */
  static int deadPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    over.countDown();
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
