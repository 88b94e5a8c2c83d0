package io.waybill.channel.webhook;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.core5.io.CloseMode;

/**
 * One HTTP client for each TLS identity, so that a connection which was made with one is never used
 * for another, whatever the pool thinks of them. Each has a thread of its own, hence there are few:
 * who was not used for a while is closed, and beyond the limit the one that rested longest.
 *
 * <p>Safe to share between threads. A client is made by the executor and not by who asks for it,
 * for that takes long: certificates, a key and threads. A client that is lent is not closed before
 * it is given back.
 */
final class TlsClients implements AutoCloseable {
  private static final Duration REST = Duration.ofMinutes(5);

  private final Factory factory;
  private final int most;
  private final LongSupplier nanoTime;
  private final Executor makers;
  private final Map<TlsIdentity, Held> clients = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  /** Makes a client and starts it. */
  @FunctionalInterface
  interface Factory {
    CloseableHttpAsyncClient start(TlsIdentity identity) throws GeneralSecurityException;
  }

  private static final class Held {
    private final CompletableFuture<CloseableHttpAsyncClient> client = new CompletableFuture<>();
    private int users;
    private long lastUse;
  }

  /** A client that somebody waits for or uses. */
  final class Loan {
    private final TlsIdentity identity;
    private final Held held;

    private Loan(TlsIdentity identity, Held held) {
      this.identity = identity;
      this.held = held;
    }

    /**
     * The client as soon as it is made, at once when it is there. Fails with {@link
     * GeneralSecurityException} when this JVM cannot use the identity; what depends on it must not
     * block, for others wait behind it.
     */
    CompletionStage<CloseableHttpAsyncClient> client() {
      return held.client;
    }

    /** Ends the loan; to be called once. */
    void giveBack() {
      TlsClients.this.giveBack(identity, held);
    }
  }

  /**
   * @param most clients that are kept; more live only while all are in use
   * @param makers makes the clients, and need not do so at once
   */
  TlsClients(Factory factory, int most, LongSupplier nanoTime, Executor makers) {
    this.factory = factory;
    this.most = most;
    this.nanoTime = nanoTime;
    this.makers = makers;
  }

  /** Lends the client of an identity, until {@link Loan#giveBack}. Never blocks. */
  Loan lend(TlsIdentity identity) {
    Held held;
    boolean isNew;
    synchronized (this) {
      Held known = clients.get(identity);
      isNew = known == null;
      held = known == null ? new Held() : known;
      if (closed) {
        held.client.completeExceptionally(new CancellationException("closed"));
        return new Loan(identity, held);
      }
      if (isNew) {
        clients.put(identity, held);
        closeBeyond(most);
      }
      held.users++;
      held.lastUse = nanoTime.getAsLong();
    }
    if (isNew) {
      makers.execute(() -> make(identity, held));
    }
    return new Loan(identity, held);
  }

  private void make(TlsIdentity identity, Held held) {
    CloseableHttpAsyncClient client;
    try {
      client = factory.start(identity);
    } catch (Throwable failure) {
      // Throwable: who waits for it would wait for ever. The next one tries anew.
      synchronized (this) {
        clients.remove(identity, held);
      }
      held.client.completeExceptionally(failure);
      return;
    }
    if (!held.client.complete(client)) {
      // Somebody asked after the end; nobody uses it.
      client.close(CloseMode.IMMEDIATE);
    }
  }

  private synchronized void giveBack(TlsIdentity identity, Held held) {
    held.users--;
    held.lastUse = nanoTime.getAsLong();
    if (closed && held.users == 0) {
      clients.remove(identity, held);
    }
  }

  /** Closes those that rest for long; to be called now and then. */
  synchronized void tidy() {
    long now = nanoTime.getAsLong();
    Iterator<Held> each = clients.values().iterator();
    while (each.hasNext()) {
      Held held = each.next();
      if (held.users == 0 && now - held.lastUse > REST.toNanos()) {
        each.remove();
        close(held);
      }
    }
  }

  synchronized int size() {
    return clients.size();
  }

  private void closeBeyond(int limit) {
    // In the order of use; the newest, which is about to be lent, comes last.
    Iterator<Held> each = clients.values().iterator();
    int tooMany = clients.size() - limit;
    while (tooMany > 0 && each.hasNext()) {
      Held held = each.next();
      if (held.users == 0 && each.hasNext()) {
        each.remove();
        close(held);
        tooMany--;
      }
    }
  }

  /** Also one that is still being made, as soon as it is. */
  private static void close(Held held) {
    // It waits for the client's thread to end, and nobody here has the time.
    var _ =
        held.client.thenAcceptAsync(
            client -> client.close(CloseMode.IMMEDIATE), Thread::startVirtualThread);
  }

  /** Waits for those that are there; one that is still being made is closed when it is. */
  @Override
  public void close() {
    List<Held> all;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(clients.values());
    }
    for (Held held : all) {
      var _ = held.client.thenAccept(client -> client.close(CloseMode.IMMEDIATE));
    }
  }
}
