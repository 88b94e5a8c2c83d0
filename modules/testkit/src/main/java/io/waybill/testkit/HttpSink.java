package io.waybill.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * An HTTP/1.1 receiver on a free loopback port that records every request and answers as it is
 * told: 200 unless a path has a script. One virtual thread per connection, keep-alive, so that
 * thousands of requests may be under way. Safe to use from any thread.
 */
public final class HttpSink implements AutoCloseable {
  private static final int BACKLOG = 4_096;

  private final ServerSocket server;
  private final InstantSource clock;
  private final RequestLog log;
  private final Map<String, Function<ReceivedRequest, Answer>> scripts = new ConcurrentHashMap<>();
  private volatile Function<ReceivedRequest, Answer> otherwise = _ -> Answer.status(200);
  private volatile Ending ending = (_, _) -> {};
  private final Map<Integer, SentAnswer> answers = new ConcurrentHashMap<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger mostUnderWay = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Told what became of a request; by the thread of its connection. */
  @FunctionalInterface
  public interface Ending {
    /**
     * The request is over, or will never be.
     *
     * @param answer empty when there was none: it hangs, was cut off, or the sender was gone
     */
    void of(ReceivedRequest request, Optional<SentAnswer> answer);
  }

  private HttpSink(ServerSocket server, InstantSource clock, boolean remembers) {
    this.server = server;
    this.clock = clock;
    this.log = new RequestLog(remembers);
  }

  /** Starts on any free port, and receives from then on. */
  public static HttpSink start() {
    return start(0, InstantSource.system());
  }

  /**
   * Starts on that port, for a receiver that comes back.
   *
   * @param clock gives {@link ReceivedRequest#at()}; delays are always in real time
   */
  public static HttpSink start(int port, InstantSource clock) {
    return start(port, clock, true);
  }

  /**
   * The same for long runs: keeps no request, and counts them only. {@link #onEnding} tells of
   * each.
   */
  public static HttpSink startForgetful(int port, InstantSource clock) {
    return start(port, clock, false);
  }

  private static HttpSink start(int port, InstantSource clock, boolean remembers) {
    try {
      ServerSocket server = new ServerSocket(port, BACKLOG, InetAddress.ofLiteral("127.0.0.1"));
      HttpSink sink = new HttpSink(server, clock, remembers);
      Thread.ofVirtual().name("http-sink").start(sink::accept);
      return sink;
    } catch (IOException e) {
      throw new UncheckedIOException("the HTTP sink cannot listen on port " + port, e);
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  /** The address of a path, such as {@code /hook}. */
  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  /** Requests for the path get these answers, one each in order; later ones get 200. */
  public void script(String path, Answer... answers) {
    ConcurrentLinkedQueue<Answer> left = new ConcurrentLinkedQueue<>(List.of(answers));
    answer(path, request -> Optional.ofNullable(left.poll()).orElseGet(() -> Answer.status(200)));
  }

  /** Every request for the path gets this answer. */
  public void always(String path, Answer answer) {
    answer(path, request -> answer);
  }

  /** The answer for the path is worked out from the request; may be called by many threads. */
  public void answer(String path, Function<ReceivedRequest, Answer> script) {
    scripts.put(path, script);
  }

  /** The same for every path that has no script of its own. */
  public void answerOtherwise(Function<ReceivedRequest, Answer> script) {
    otherwise = script;
  }

  /** Tells of the end of each request from now on, once its answer has been written whole. */
  public void onEnding(Ending told) {
    ending = told;
  }

  /** Everything received so far, in order. */
  public List<ReceivedRequest> requests() {
    return log.all();
  }

  /** What was received for one path, in order. */
  public List<ReceivedRequest> requests(String path) {
    return log.of(path);
  }

  /** How many requests came for the path. */
  public int count(String path) {
    return log.count(path);
  }

  /** How many requests came. */
  public int count() {
    return log.count();
  }

  /**
   * What a request was answered, once the answer has been written whole. Empty for one that hangs,
   * was cut off, or whose sender was known to be gone.
   */
  public Optional<SentAnswer> answerTo(ReceivedRequest request) {
    return Optional.ofNullable(answers.get(request.number()));
  }

  /** How many requests have been received and not answered yet. */
  public int underWay() {
    return underWay.get();
  }

  /** The most requests that were ever under way at once. */
  public int mostUnderWay() {
    return mostUnderWay.get();
  }

  /** How many connections were made. */
  public int connections() {
    return connections.get();
  }

  /**
   * Waits until so many requests came in all.
   *
   * @throws AssertionError when time is up
   */
  public List<ReceivedRequest> awaitRequests(int count, Duration within) {
    log.await(() -> log.count() >= count, count + " requests", within);
    return log.all();
  }

  /** Waits until so many requests came for the path. */
  public List<ReceivedRequest> awaitRequests(String path, int count, Duration within) {
    log.await(() -> log.count(path) >= count, count + " requests for " + path, within);
    return log.of(path);
  }

  /** Waits until the condition holds for everything received; for small numbers of requests. */
  public List<ReceivedRequest> await(Predicate<List<ReceivedRequest>> condition, Duration within) {
    log.await(() -> condition.test(log.all()), "what was awaited", within);
    return log.all();
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = server.accept();
        int number = connections.incrementAndGet();
        Thread.ofVirtual().name("http-sink-" + number).start(() -> serve(socket, number));
      } catch (IOException e) {
        if (server.isClosed()) {
          return;
        }
        // One connection failed before it was ours (or no file handle was left); go on with the
        // next.
      }
    }
  }

  private void serve(Socket socket, int number) {
    open.add(socket);
    try (socket) {
      socket.setTcpNoDelay(true);
      HttpExchanges exchanges =
          new HttpExchanges(
              new BufferedInputStream(socket.getInputStream()), socket.getOutputStream());
      while (closed.getCount() > 0) {
        Optional<HttpExchanges.Incoming> incoming = exchanges.next();
        if (incoming.isEmpty() || !answer(exchanges, incoming.orElseThrow(), number)) {
          return;
        }
      }
    } catch (IOException e) {
      // The sender went away or spoke no HTTP. Whatever it completed is recorded.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  /** Answers whether the connection goes on. */
  private boolean answer(HttpExchanges exchanges, HttpExchanges.Incoming incoming, int connection)
      throws IOException, InterruptedException {
    mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
    try {
      ReceivedRequest request =
          log.add(number ->
              new ReceivedRequest(
                  number,
                  incoming.method(),
                  incoming.target(),
                  incoming.headers(),
                  incoming.body(),
                  clock.instant(),
                  connection));
      return switch (decide(request)) {
        case Answer.Respond respond -> respond(exchanges, incoming, request, respond);
        case Answer.Hang hang -> {
          ending.of(request, Optional.empty());
          closed.await();
          yield false;
        }
        case Answer.Close close -> {
          closesWithin(close.delay());
          ending.of(request, Optional.empty());
          yield false;
        }
      };
    } finally {
      underWay.decrementAndGet();
    }
  }

  private boolean respond(
      HttpExchanges exchanges,
      HttpExchanges.Incoming incoming,
      ReceivedRequest request,
      Answer.Respond respond)
      throws IOException, InterruptedException {
    Optional<SentAnswer> sent = Optional.empty();
    try {
      if (closesWithin(respond.delay())) {
        return false;
      }
      exchanges.respond(respond, incoming);
      sent = Optional.of(new SentAnswer(respond.status(), clock.instant()));
      if (log.remembers()) {
        answers.put(request.number(), sent.get());
      }
      return incoming.keepAlive();
    } finally {
      ending.of(request, sent);
    }
  }

  private Answer decide(ReceivedRequest request) {
    Function<ReceivedRequest, Answer> script = scripts.getOrDefault(request.path(), otherwise);
    try {
      return script.apply(request);
    } catch (RuntimeException | AssertionError e) {
      // A script that fails must be seen by the test, not hang it.
      return Answer.status(599).body("the sink's script failed: " + e);
    }
  }

  private boolean closesWithin(Duration delay) throws InterruptedException {
    return delay.isPositive() && closed.await(delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Stops listening and breaks all connections, hanging ones too. Records stay readable. */
  @Override
  public void close() {
    closed.countDown();
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the HTTP sink did not close", e);
    }
  }
}
