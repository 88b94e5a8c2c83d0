package io.waybill.embedded;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small schema registry for Avro on loopback, with the routes, bodies and error codes of
 * Confluent's REST API that serializers use. What it acknowledged survives a crash: the state is a
 * file in the data folder, synced before the answer. New subjects are {@code FULL_TRANSITIVE}.
 *
 * <p>One instance is started once, by one owner; any thread may close it or, after the start, read
 * {@link #url()}. Not offered: schema references, JSON Schema, Protobuf, access control.
 */
public final class EmbeddedRegistry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRegistry.class);
  private static final int THREADS = 4;
  private static final int WAITING_REQUESTS = 256;

  private final EmbeddedRegistryConfig config;
  private final ReentrantLock closing = new ReentrantLock();
  private volatile @Nullable FolderLock lock;
  private volatile @Nullable HttpServer server;
  private volatile @Nullable ExecutorService workers;
  private volatile @Nullable String url;

  /** Opens nothing yet. */
  public EmbeddedRegistry(EmbeddedRegistryConfig config) {
    this.config = config;
  }

  /**
   * Loads the schemas and listens.
   *
   * @throws IllegalStateException when the port is taken, the folder is in use or its file damaged;
   *     the message says what to do
   * @throws UncheckedIOException when the folder cannot be used
   */
  public void start() {
    if (lock != null) {
      throw new IllegalStateException("an embedded registry is started once; make a new one");
    }
    lock = FolderLock.take(config.dataDir().resolve("registry.lock"), "embedded schema registry");
    try {
      RegistryFile file =
          new RegistryFile(config.dataDir().resolve("registry").resolve("schemas.json"));
      listen(new RegistryRoutes(new SchemaStore(file)));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    LOG.atInfo()
        .addKeyValue("url", url)
        .addKeyValue("folder", config.dataDir())
        .log("embedded schema registry started");
  }

  private void listen(RegistryRoutes routes) {
    try {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.ofLiteral(Ports.HOST), config.port());
      HttpServer listening = HttpServer.create(address, WAITING_REQUESTS, "/", routes);
      // Over the bound the server's own thread answers, and so accepts no more meanwhile.
      ExecutorService bounded =
          new ThreadPoolExecutor(
              THREADS,
              THREADS,
              0,
              TimeUnit.SECONDS,
              new ArrayBlockingQueue<>(WAITING_REQUESTS),
              Thread.ofPlatform().daemon().name("embedded-registry-", 1).factory(),
              new ThreadPoolExecutor.CallerRunsPolicy());
      listening.setExecutor(bounded);
      workers = bounded;
      server = listening;
      listening.start();
      url = "http://" + Ports.HOST + ":" + listening.getAddress().getPort();
    } catch (BindException e) {
      IllegalStateException taken =
          Ports.taken("embedded schema registry", config.port(), "its port");
      taken.initCause(e);
      throw taken;
    } catch (IOException e) {
      throw new UncheckedIOException("The embedded schema registry cannot listen", e);
    }
  }

  /** Its address without a slash at the end, for {@code schema.registry.url}. */
  public String url() {
    String now = url;
    if (now == null) {
      throw new IllegalStateException("the embedded schema registry is not running");
    }
    return now;
  }

  /** Stops listening (bounded by 5 s) and frees the folder. Closing twice does nothing. */
  @Override
  public void close() {
    closing.lock();
    try {
      url = null;
      HttpServer listening = server;
      if (listening != null) {
        listening.stop(0);
      }
      ExecutorService working = workers;
      FolderLock held = lock;
      if ((working == null || finish(working)) && held != null) {
        held.close();
      }
    } finally {
      closing.unlock();
    }
  }

  /** Answers false when a request is still being worked on; the folder then stays locked. */
  private boolean finish(ExecutorService working) {
    working.shutdown();
    try {
      if (working.awaitTermination(5, TimeUnit.SECONDS)) {
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LOG.atWarn()
        .addKeyValue("folder", config.dataDir())
        .log(
            "embedded schema registry did not finish its requests in time; its folder stays locked");
    return false;
  }
}
