package io.waybill.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The receivers of all destinations, one port each, on one thread: answers 200 at once, after a
 * delay, or never, or 503 first. Built to cost little, so that it is not what is measured.
 */
final class Receiver implements HttpConnection.Listener {
  private static final int BACKLOG = 4_096;

  /** In place of a destination's number. */
  static final int NONE = -1;

  /** Likewise, for {@link #hang}. */
  static final int ALL = -2;

  /** Where the schedule stands in a body, see {@link Traffic#payload}. */
  private static final int AT = "{\"at\":".length();

  private final Selector selector;
  private final Link.Factory links;
  private final List<Integer> ports = new ArrayList<>();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Due> due = new ArrayDeque<>();
  private final List<HttpConnection> held = new ArrayList<>();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLongArray receivedOfEach;
  private long delayNanos;
  private int hanging = NONE;
  private int refusing = NONE;
  private @Nullable Beats beats;
  private @Nullable Latencies latencies;
  private @Nullable Set<Long> refused;

  private record Due(long at, HttpConnection connection) {}

  /** Receivers that listen, and do nothing before {@link #serve}. */
  Receiver(int destinations, Link.Factory links) throws IOException {
    this.links = links;
    selector = Selector.open();
    receivedOfEach = new AtomicLongArray(destinations);
    for (int i = 0; i < destinations; i++) {
      ServerSocketChannel server = ServerSocketChannel.open();
      server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), BACKLOG);
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT, i);
      ports.add(server.socket().getLocalPort());
    }
  }

  /** The port of each destination. */
  List<Integer> ports() {
    return List.copyOf(ports);
  }

  /** Requests that have arrived; may be asked by any thread. */
  long received() {
    return received.get();
  }

  /** The same of each destination. */
  List<Long> receivedOfEach() {
    return IntStream.range(0, receivedOfEach.length()).mapToObj(receivedOfEach::get).toList();
  }

  /** Those open, idle ones too; on the receiver's thread only, see {@link #run}. */
  int connections() {
    return selector.keys().size() - ports.size();
  }

  /** Answers later from now on. Requests already waiting keep their time. */
  void delay(long nanos) {
    run(() -> delayNanos = nanos);
  }

  /**
   * One destination answers no more, or none does, or, with {@link #NONE}, all do again. What waits
   * is answered first.
   */
  void hang(int destination) {
    run(() -> {
      hanging = destination;
      held.forEach(this::answerQuietly);
      held.clear();
      return destination;
    });
  }

  /**
   * Answers 503 to what comes for the first time, or, as usual, 200. Requests are told apart by
   * their scheduled time, so no two may have the same.
   */
  void refuseFirst(boolean refuses) {
    run(() -> {
      refused = refuses ? new HashSet<>() : null;
      return refuses;
    });
  }

  /** One destination answers 503, or, with {@link #NONE}, none does. */
  void refuse(int destination) {
    run(() -> refusing = destination);
  }

  /** Requests that have arrived and wait for their answer; only on the receiver's thread. */
  int open() {
    return due.size() + held.size();
  }

  /** Counts from now on when requests for one destination come. */
  void count(int destination) {
    run(() -> beats = new Beats(destination, System.nanoTime()));
  }

  /** What was counted; on the receiver's thread only, see {@link #run}. */
  Beats beats() {
    Beats now = beats;
    if (now == null) {
      throw new IllegalStateException("nothing is being counted");
    }
    return now;
  }

  /** Records from now on, in place of what was recorded before. */
  void record(Latencies into) {
    run(() -> latencies = into);
  }

  /** What was recorded; on the receiver's thread only, see {@link #run}. */
  Latencies latencies() {
    Latencies now = latencies;
    if (now == null) {
      throw new IllegalStateException("nothing is being recorded");
    }
    return now;
  }

  /** Runs something on the receiver's thread and waits for its value. */
  <T> T run(Callable<T> task) {
    CompletableFuture<T> value = new CompletableFuture<>();
    tasks.add(() -> {
      try {
        value.complete(task.call());
      } catch (Exception e) {
        value.completeExceptionally(e);
      }
    });
    selector.wakeup();
    try {
      return value.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Serves; does not return. */
  void serve() throws IOException {
    while (true) {
      Due next = due.peek();
      if (next == null) {
        selector.select();
      } else {
        long millis = (next.at() - System.nanoTime() + 999_999) / 1_000_000;
        if (millis > 0) {
          selector.select(millis);
        } else {
          selector.selectNow();
        }
      }
      for (SelectionKey key : selector.selectedKeys()) {
        handle(key);
      }
      selector.selectedKeys().clear();
      answerWhatIsDue();
      Runnable task;
      while ((task = tasks.poll()) != null) {
        task.run();
      }
    }
  }

  private void handle(SelectionKey key) throws IOException {
    if (key.channel() instanceof ServerSocketChannel server) {
      SocketChannel accepted = server.accept();
      if (accepted != null) {
        accepted.configureBlocking(false);
        accepted.socket().setTcpNoDelay(true);
        HttpConnection connection =
            new HttpConnection(links.open(accepted), (Integer) key.attachment());
        accepted.register(selector, SelectionKey.OP_READ, connection);
      }
      return;
    }
    HttpConnection connection = (HttpConnection) key.attachment();
    try {
      if (!connection.read(this)) {
        close(connection);
      }
    } catch (IOException e) {
      // The client went away; whoever sent knows.
      close(connection);
    }
  }

  private void close(HttpConnection connection) throws IOException {
    connection.close();
    held.remove(connection);
  }

  @Override
  public void received(HttpConnection connection, byte[] bytes, int from) throws IOException {
    received.incrementAndGet();
    receivedOfEach.incrementAndGet(connection.destination());
    Latencies into = latencies;
    if (into != null) {
      into.add(connection.destination(), schedule(bytes, from), nowMicros());
    }
    Beats counting = beats;
    if (counting != null) {
      counting.add(connection.destination(), System.nanoTime());
    }
    Set<Long> before = refused;
    if (connection.destination() == refusing
        || (before != null && before.add(schedule(bytes, from)))) {
      connection.refuse();
    } else if (connection.destination() == hanging || hanging == ALL) {
      held.add(connection);
    } else if (delayNanos == 0) {
      connection.answer();
    } else {
      due.add(new Due(System.nanoTime() + delayNanos, connection));
    }
  }

  static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  private static long schedule(byte[] bytes, int from) {
    long value = 0;
    for (int i = from + AT; bytes[i] != ','; i++) {
      value = 10 * value + bytes[i] - '0';
    }
    return value;
  }

  /** The delay is the same for all, so the oldest is the first. */
  private void answerWhatIsDue() {
    long now = System.nanoTime();
    while (!due.isEmpty() && due.element().at() - now <= 0) {
      answerQuietly(due.remove().connection());
    }
  }

  private void answerQuietly(HttpConnection connection) {
    try {
      connection.answer();
    } catch (IOException e) {
      // Given up by its client meanwhile.
    }
  }
}
