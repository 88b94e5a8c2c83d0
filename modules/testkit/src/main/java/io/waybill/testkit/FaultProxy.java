package io.waybill.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Passes TCP connections on to a server on this machine and back, and spoils them when it is told
 * to: for links between two processes that are well themselves. Whatever the trouble was, after
 * {@link #heal()} new connections pass. Safe to use from any thread.
 */
public final class FaultProxy implements AutoCloseable {
  private static final int BACKLOG = 1_024;
  private static final int CHUNK = 16 * 1024;
  private static final Duration REBINDS_WITHIN = Duration.ofSeconds(10);
  private static final Duration CONNECTS_WITHIN = Duration.ofSeconds(5);

  private final InetSocketAddress server;
  private final int port;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable ServerSocket listener;
  private Trouble trouble = new None();
  private boolean closed;

  /** What is wrong with a link. */
  public sealed interface Trouble {}

  /** Nothing: the link passes everything at once. */
  public record None() implements Trouble {}

  /** Each chunk of 16 KiB, in either direction, comes that much later. */
  public record Slow(Duration latency) implements Trouble {}

  /** Everything comes in pieces of so many bytes, with a pause between two. */
  public record Sliced(int bytes, Duration pause) implements Trouble {
    public Sliced {
      if (bytes < 1) {
        throw new IllegalArgumentException("bytes must be positive, not " + bytes);
      }
    }
  }

  /**
   * Nothing passes, neither data nor the end of a connection, and nobody is told: as when a network
   * is cut. What was on its way passes when the link heals, as TCP would send it again.
   */
  public record BlackHole() implements Trouble {}

  /** Open connections are reset, and so is every new one. */
  public record Resets() implements Trouble {}

  /** Open connections are reset, and new ones are refused: nobody listens. */
  public record Refuses() implements Trouble {}

  private FaultProxy(InetSocketAddress server, int port) {
    this.server = server;
    try {
      ServerSocket first = bind(port);
      this.port = first.getLocalPort();
      listen(first);
    } catch (IOException e) {
      throw new UncheckedIOException("the fault proxy cannot listen on port " + port, e);
    }
  }

  /**
   * Starts in front of a server on loopback; it need not be there yet.
   *
   * @param port where the proxy listens; 0 takes a free one
   */
  public static FaultProxy to(int serverPort, int port) {
    return new FaultProxy(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort), port);
  }

  /** Where it listens on loopback, always the same. */
  public int port() {
    return port;
  }

  /** How many connections have come so far, those that were reset at once too. */
  public int connections() {
    return connections.get();
  }

  /** From now on. Takes the place of other trouble. */
  public void trouble(Trouble next) {
    lock.lock();
    try {
      trouble = next;
      changed.signalAll();
      switch (next) {
        case None _, Slow _, Sliced _, BlackHole _ -> ensureListening();
        case Resets _ -> {
          ensureListening();
          resetAll();
        }
        case Refuses _ -> {
          stopListening();
          resetAll();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the trouble. */
  public void heal() {
    trouble(new None());
  }

  private void ensureListening() {
    if (listener != null || closed) {
      return;
    }
    Deadline deadline = Deadline.in(REBINDS_WITHIN);
    while (true) {
      try {
        listen(bind(port));
        return;
      } catch (IOException e) {
        if (deadline.isOver()) {
          throw new UncheckedIOException("another process has taken port " + port, e);
        }
        Thread.onSpinWait();
      }
    }
  }

  private static ServerSocket bind(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    return socket;
  }

  private void listen(ServerSocket socket) {
    listener = socket;
    Thread.ofVirtual().name("fault-proxy-" + port).start(() -> accept(socket));
  }

  private void stopListening() {
    ServerSocket present = listener;
    listener = null;
    closeQuietly(present);
  }

  private void accept(ServerSocket socket) {
    while (true) {
      try {
        Socket client = socket.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().name("fault-proxy-connection").start(() -> connect(client));
      } catch (IOException e) {
        if (socket.isClosed()) {
          return;
        }
        // One connection was gone before it was ours; go on with the next.
      }
    }
  }

  private void connect(Socket client) {
    open.add(client);
    Socket behind = new Socket();
    open.add(behind);
    try {
      requireConnectable();
      client.setTcpNoDelay(true);
      behind.connect(server, Math.toIntExact(CONNECTS_WITHIN.toMillis()));
      behind.setTcpNoDelay(true);
      Thread back = Thread.ofVirtual().start(() -> pump(behind, client));
      pump(client, behind);
      back.join();
    } catch (IOException e) {
      reset(client); // as the server itself would refuse it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closeQuietly(client);
      closeQuietly(behind);
      open.remove(client);
      open.remove(behind);
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int read;
      while ((read = in.read(buffer)) >= 0) {
        pass(buffer, read, out);
      }
      requireConnectable();
      to.shutdownOutput();
    } catch (IOException e) {
      // One side is gone or was reset; then so is the other, as soon as anything passes.
      resetWhenPassable(from, to);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void resetWhenPassable(Socket from, Socket to) {
    try {
      awaitPassable();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    reset(from);
    reset(to);
  }

  /** Waits while nothing passes: in a black hole neither a beginning nor an end does. */
  private void requireConnectable() throws IOException, InterruptedException {
    switch (awaitPassable()) {
      case None _, Slow _, Sliced _, BlackHole _ -> {}
      case Resets _, Refuses _ -> throw new IOException("reset");
    }
  }

  private void pass(byte[] bytes, int length, OutputStream out)
      throws IOException, InterruptedException {
    int at = 0;
    while (at < length) {
      int size =
          switch (awaitPassable()) {
            case None _, BlackHole _ -> length - at;
            case Slow slow -> {
              Thread.sleep(slow.latency());
              yield length - at;
            }
            case Sliced sliced -> {
              Thread.sleep(sliced.pause());
              yield Math.min(sliced.bytes(), length - at);
            }
            case Resets _, Refuses _ -> throw new IOException("reset");
          };
      // A cut that came while this waited holds it, too.
      awaitPassable();
      out.write(bytes, at, size);
      out.flush();
      at += size;
    }
  }

  /** Waits while nothing passes; the trouble that there is then. */
  private Trouble awaitPassable() throws InterruptedException {
    lock.lock();
    try {
      while (trouble instanceof BlackHole && !closed) {
        changed.await();
      }
      return trouble;
    } finally {
      lock.unlock();
    }
  }

  private void resetAll() {
    open.forEach(FaultProxy::reset);
  }

  /** Closes with a reset instead of an end: what was not sent is dropped. */
  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It was closed already.
    }
  }

  private static void closeQuietly(@Nullable AutoCloseable closeable) {
    if (closeable == null) {
      return;
    }
    try {
      closeable.close();
    } catch (Exception e) {
      // Nobody needs it any more.
    }
  }

  /** Stops listening and breaks all connections. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      stopListening();
      resetAll();
    } finally {
      lock.unlock();
    }
  }
}
