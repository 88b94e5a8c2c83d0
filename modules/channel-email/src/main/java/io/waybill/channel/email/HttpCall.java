package io.waybill.channel.email;

import io.waybill.domain.Hashing;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * One request to a service. A class, because a record would print credentials.
 *
 * <p>The body is written as often as it is needed, and the same each time: first to learn its
 * length and its SHA-256, then to be sent. So it is nowhere held whole.
 */
final class HttpCall {

  /** What writes a body. */
  @FunctionalInterface
  interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  private final String method;
  private final String path;
  private final Map<String, String> headers;
  private final Body body;
  private final long length;
  private final String sha256;

  private HttpCall(
      String method,
      String path,
      Map<String, String> headers,
      Body body,
      long length,
      String sha256) {
    this.method = method;
    this.path = path;
    this.headers = Map.copyOf(headers);
    this.body = body;
    this.length = length;
    this.sha256 = sha256;
  }

  static HttpCall get(String path) {
    return of("GET", path, Map.of("Accept", "application/json"), out -> {});
  }

  static HttpCall postJson(String path, Body body) {
    return of(
        "POST",
        path,
        Map.of("Accept", "application/json", "Content-Type", "application/json"),
        body);
  }

  private static HttpCall of(String method, String path, Map<String, String> headers, Body body) {
    try {
      MessageDigest digest = Hashing.newSha256();
      Counting counting = new Counting(digest);
      body.writeTo(counting);
      return new HttpCall(
          method, path, headers, body, counting.count, HexFormat.of().formatHex(digest.digest()));
    } catch (IOException e) {
      throw new UncheckedIOException("a body of checked parts cannot be written", e);
    }
  }

  private static final class Counting extends DigestOutputStream {
    private long count;

    Counting(MessageDigest digest) {
      super(OutputStream.nullOutputStream(), digest);
    }

    @Override
    public void write(int b) throws IOException {
      super.write(b);
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      super.write(bytes, offset, length);
      count += length;
    }
  }

  /** The same with other headers beside. */
  HttpCall with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(headers);
    all.putAll(more);
    return new HttpCall(method, path, all, body, length, sha256);
  }

  String method() {
    return method;
  }

  String path() {
    return path;
  }

  /** All but those that the connection makes. */
  Map<String, String> headers() {
    return headers;
  }

  Body body() {
    return body;
  }

  long length() {
    return length;
  }

  /** Of the body, in hexadecimal. */
  String sha256() {
    return sha256;
  }
}
