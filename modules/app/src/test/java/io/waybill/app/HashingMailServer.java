package io.waybill.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A mail server (RFC 5321) for mails that are too many to be kept: it decodes each JSON attachment
 * as it comes, line by line, and keeps its SHA-256. Safe to use from any thread.
 */
final class HashingMailServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Map<String, List<String>> hashes = new ConcurrentHashMap<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private HashingMailServer() {
    try {
      listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("hashing-mail").start(this::accept);
  }

  static HashingMailServer start() {
    return new HashingMailServer();
  }

  int port() {
    return listener.getLocalPort();
  }

  /** What came of each delivery: the SHA-256 of every attachment, in hexadecimal digits. */
  Map<String, List<String>> hashes() {
    return Map.copyOf(hashes);
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        Thread.ofVirtual().name("hashing-mail-client").start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      new Client(socket.getInputStream(), socket.getOutputStream()).serve();
    } catch (IOException e) {
      // The client hung up, which the test sees by what is missing.
    } finally {
      open.remove(socket);
    }
  }

  private final class Client {
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[64 * 1024];
    private int position;
    private int end;

    Client(InputStream in, OutputStream out) {
      this.in = in;
      this.out = out;
    }

    void serve() throws IOException {
      say("220 mail.example ESMTP");
      while (true) {
        String verb =
            new String(line(), StandardCharsets.ISO_8859_1)
                .split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
        switch (verb) {
          case "DATA" -> {
            say("354 go on");
            mail();
            say("250 2.0.0 Ok");
          }
          case "QUIT" -> {
            say("221 bye");
            return;
          }
          default -> say("250 Ok");
        }
      }
    }

    private void mail() throws IOException {
      String delivery = "";
      boolean isHead = true;
      boolean isAttachment = false;
      MessageDigest hash = Hashes.sha256();
      for (byte[] line = line(); !(line.length == 1 && line[0] == '.'); line = line()) {
        boolean isBoundary = line.length > 2 && line[0] == '-' && line[1] == '-';
        if (isBoundary) {
          isHead = true;
          isAttachment = false;
        } else if (line.length == 0) {
          isHead = false;
        } else if (isHead) {
          String header = new String(line, StandardCharsets.ISO_8859_1);
          delivery = header.startsWith("X-Delivery-Id: ") ? header.substring(15) : delivery;
          isAttachment |= header.startsWith("Content-Type: application/json");
        } else if (isAttachment) {
          hash.update(Base64.getDecoder().decode(line));
        }
      }
      hashes
          .computeIfAbsent(delivery, _ -> new CopyOnWriteArrayList<>())
          .add(HexFormat.of().formatHex(hash.digest()));
    }

    /** Without its end. No line of a mail is longer than the buffer. */
    private byte[] line() throws IOException {
      int from = position;
      while (true) {
        for (int i = from; i < end; i++) {
          if (buffer[i] == '\n') {
            int last = i > position && buffer[i - 1] == '\r' ? i - 1 : i;
            byte[] line = Arrays.copyOfRange(buffer, position, last);
            position = i + 1;
            return line;
          }
        }
        System.arraycopy(buffer, position, buffer, 0, end - position);
        end -= position;
        position = 0;
        from = end;
        int read = in.read(buffer, end, buffer.length - end);
        if (read <= 0) {
          throw new IOException("hung up");
        }
        end += read;
      }
    }

    private void say(String text) throws IOException {
      out.write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
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
