package io.waybill.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads requests of one HTTP/1.x connection and writes answers; for the connection's thread. */
final class HttpExchanges {
  private static final int LONGEST_LINE = 64 * 1024;

  private final InputStream in;
  private final OutputStream out;

  /** A complete request. */
  @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
  record Incoming(
      String method,
      String target,
      Map<String, List<String>> headers,
      byte[] body,
      boolean keepAlive) {}

  HttpExchanges(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /** The next request, or empty when the sender has ended the connection. */
  Optional<Incoming> next() throws IOException {
    Optional<String> first = readLine();
    if (first.isEmpty()) {
      return Optional.empty();
    }
    String[] parts = first.orElseThrow().split(" ", 3);
    if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
      throw new ProtocolException("not a request line");
    }
    Map<String, List<String>> headers = readHeaders();
    if (has(headers, "expect", "100-continue")) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
    byte[] body = readBody(headers);
    boolean keepAlive =
        parts[2].equals("HTTP/1.0")
            ? has(headers, "connection", "keep-alive")
            : !has(headers, "connection", "close");
    return Optional.of(new Incoming(parts[0], parts[1], headers, body, keepAlive));
  }

  private Map<String, List<String>> readHeaders() throws IOException {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    while (true) {
      String line = requireLine();
      if (line.isEmpty()) {
        headers.replaceAll((name, values) -> List.copyOf(values));
        return headers;
      }
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new ProtocolException("not a header line");
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      headers
          .computeIfAbsent(name, absent -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
  }

  private static boolean has(Map<String, List<String>> headers, String name, String value) {
    return headers.getOrDefault(name, List.of()).stream().anyMatch(value::equalsIgnoreCase);
  }

  private byte[] readBody(Map<String, List<String>> headers) throws IOException {
    if (has(headers, "transfer-encoding", "chunked")) {
      return readChunks();
    }
    List<String> length = headers.getOrDefault("content-length", List.of("0"));
    return readExactly(parse(length.getFirst(), 10));
  }

  private byte[] readChunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String line = requireLine();
      int extension = line.indexOf(';');
      int size = parse((extension < 0 ? line : line.substring(0, extension)).strip(), 16);
      if (size == 0) {
        while (!requireLine().isEmpty()) {
          // Trailers are not kept.
        }
        return body.toByteArray();
      }
      body.write(readExactly(size));
      requireLine();
    }
  }

  private static int parse(String number, int radix) throws ProtocolException {
    try {
      return Integer.parseUnsignedInt(number, radix);
    } catch (NumberFormatException e) {
      throw new ProtocolException("not a length: " + number);
    }
  }

  private byte[] readExactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the body ended early");
    }
    return bytes;
  }

  private String requireLine() throws IOException {
    return readLine().orElseThrow(() -> new EOFException("the head ended early"));
  }

  private Optional<String> readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    int next = in.read();
    if (next < 0) {
      return Optional.empty();
    }
    while (next != '\n') {
      if (next < 0) {
        throw new EOFException("a line ended early");
      }
      if (line.size() == LONGEST_LINE) {
        throw new ProtocolException("a line is too long");
      }
      line.write(next);
      next = in.read();
    }
    String text = line.toString(StandardCharsets.UTF_8);
    return Optional.of(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
  }

  /** Writes head and body in one go, so that small answers are one packet. */
  void respond(Answer.Respond answer, Incoming request) throws IOException {
    int status = answer.status();
    boolean bodiless = status < 200 || status == 204 || status == 304;
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" Scripted\r\n");
    answer.headers().forEach((name, value) -> line(head, name, value));
    if (!bodiless) {
      line(head, "Content-Length", Integer.toString(answer.body().length));
    }
    if (!request.keepAlive()) {
      line(head, "Connection", "close");
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    if (!bodiless && !request.method().equals("HEAD")) {
      whole.write(answer.body());
    }
    whole.writeTo(out);
    out.flush();
  }

  private static void line(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }
}
