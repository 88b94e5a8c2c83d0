package io.waybill.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;

/**
 * A webhook for bodies that are too many to be kept: of each it keeps the SHA-256. It answers late,
 * so that a sender has as much under way as it ever may. Safe to use from any thread.
 */
final class HashingReceiver implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, List<String>> hashes = new ConcurrentHashMap<>();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger mostUnderWay = new AtomicInteger();
  private final Semaphore closed = new Semaphore(0);
  private final Duration late;

  private HashingReceiver(Duration late) {
    this.late = late;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /**
   * @param late how long after the whole body each answer comes
   */
  static HashingReceiver start(Duration late) {
    return new HashingReceiver(late);
  }

  /** The path says what is answered: {@code /400} is refused. */
  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** What came of each delivery: the SHA-256 of every body, in hexadecimal digits. */
  Map<String, List<String>> hashes() {
    return Map.copyOf(hashes);
  }

  /** The most requests that were ever under way at once. */
  int mostUnderWay() {
    return mostUnderWay.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
    try (exchange) {
      MessageDigest hash = Hashes.sha256();
      byte[] some = new byte[64 * 1024];
      try (InputStream body = opened(exchange)) {
        for (int read = body.read(some); read >= 0; read = body.read(some)) {
          hash.update(some, 0, read);
        }
      }
      if (closed.tryAcquire(late.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
      hashes
          .computeIfAbsent(
              exchange.getRequestHeaders().getFirst("waybill-delivery-id"),
              _ -> new CopyOnWriteArrayList<>())
          .add(HexFormat.of().formatHex(hash.digest()));
      exchange.sendResponseHeaders(
          exchange.getRequestURI().getPath().equals("/400") ? 400 : 200, -1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      underWay.decrementAndGet();
    }
  }

  private static InputStream opened(HttpExchange exchange) throws IOException {
    return exchange.getRequestHeaders().containsKey("Content-Encoding")
        ? new GZIPInputStream(exchange.getRequestBody(), 8 * 1024)
        : exchange.getRequestBody();
  }

  @Override
  public void close() {
    closed.release(Integer.MAX_VALUE);
    server.stop(0);
    threads.shutdownNow();
  }
}
