package io.waybill.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A mail server on a free loopback port that answers each command as it is told to, which well
 * behaved ones never do. Without instructions it takes every mail. Safe to use from any thread.
 */
public final class MailSink implements AutoCloseable {
  /** Instead of a reply: say nothing until the test is over. */
  public static final String HANG = "hang";

  private final ServerSocket listener;
  private final Map<String, UnaryOperator<String>> scripts = new ConcurrentHashMap<>();
  private final List<String> commands = Collections.synchronizedList(new ArrayList<>());
  private final List<Offered> mails = Collections.synchronizedList(new ArrayList<>());
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch over = new CountDownLatch(1);

  /** A mail that was transmitted whole. */
  public record Offered(String recipient, String raw, boolean taken) {
    /** The value of a header, unfolded; empty without it. */
    public String header(String name) {
      String head = raw.substring(0, raw.indexOf("\r\n\r\n")).replaceAll("\r\n[ \t]+", " ");
      return head.lines()
          .filter(line -> line.regionMatches(true, 0, name + ": ", 0, name.length() + 2))
          .map(line -> line.substring(name.length() + 2))
          .findFirst()
          .orElse("");
    }
  }

  private MailSink() {
    try {
      listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("mail-sink").start(this::accept);
  }

  public static MailSink start() {
    return new MailSink();
  }

  /**
   * Answers a command (EHLO, AUTH, MAIL, RCPT, DATA, RSET) by its line, END by the whole message.
   */
  public MailSink on(String command, UnaryOperator<String> reply) {
    scripts.put(command, reply);
    return this;
  }

  public MailSink on(String command, String reply) {
    return on(command, line -> reply);
  }

  /** The replies one after the other; the last one for ever. */
  public MailSink inTurn(String command, List<UnaryOperator<String>> replies) {
    AtomicInteger next = new AtomicInteger();
    return on(
        command,
        line -> replies.get(Math.min(next.getAndIncrement(), replies.size() - 1)).apply(line));
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** All lines that clients sent, messages excepted. */
  public List<String> commands() {
    synchronized (commands) {
      return List.copyOf(commands);
    }
  }

  /** Whom mails were offered for, in order, once for each try. */
  public List<String> askedFor() {
    return commands().stream()
        .filter(line -> line.startsWith("RCPT "))
        .map(MailSink::address)
        .toList();
  }

  public List<Offered> offered() {
    synchronized (mails) {
      return List.copyOf(mails);
    }
  }

  public List<Offered> taken() {
    return offered().stream().filter(Offered::taken).toList();
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        Thread.ofVirtual().name("mail-sink-client").start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      new Client(socket).serve();
    } catch (IOException e) {
      // The client hung up, which tests see elsewhere.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  private static String address(String line) {
    return line.substring(line.indexOf('<') + 1, line.indexOf('>'));
  }

  private final class Client {
    private final InputStream in;
    private final OutputStream out;
    private String recipient = "";

    Client(Socket socket) throws IOException {
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    void serve() throws IOException, InterruptedException {
      write("220 mail.example ESMTP");
      boolean goesOn = true;
      while (goesOn) {
        String line = line();
        commands.add(line);
        goesOn = command(line);
      }
    }

    private boolean command(String line) throws IOException, InterruptedException {
      String verb = line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
      return switch (verb) {
        case "EHLO", "HELO" ->
            answer("EHLO", line, "250-mail.example\r\n250-AUTH PLAIN LOGIN\r\n250 OK");
        case "AUTH" -> answer("AUTH", line, "235 2.7.0 welcome");
        case "RCPT" -> {
          recipient = address(line);
          yield answer("RCPT", line, "250 2.1.5 Ok");
        }
        case "DATA" -> data(line);
        case "QUIT" -> {
          write("221 bye");
          yield false;
        }
        default -> answer(verb, line, "250 Ok");
      };
    }

    private boolean data(String line) throws IOException, InterruptedException {
      String reply = reply("DATA", line, "354 go on");
      if (!say(reply) || !reply.startsWith("354")) {
        return !reply.equals(HANG);
      }
      StringBuilder raw = new StringBuilder();
      String next = line();
      while (!next.equals(".")) {
        raw.append(next.startsWith(".") ? next.substring(1) : next).append("\r\n");
        next = line();
      }
      String end = reply("END", raw.toString(), "250 2.0.0 Ok: queued as 4F1A2B3C");
      mails.add(new Offered(recipient, raw.toString(), end.startsWith("2")));
      return say(end);
    }

    private boolean answer(String command, String line, String otherwise)
        throws IOException, InterruptedException {
      return say(reply(command, line, otherwise));
    }

    private String reply(String command, String line, String otherwise) {
      return scripts.getOrDefault(command, any -> otherwise).apply(line);
    }

    private boolean say(String reply) throws IOException, InterruptedException {
      if (reply.equals(HANG)) {
        over.await();
        return false;
      }
      write(reply);
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
      out.write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
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
