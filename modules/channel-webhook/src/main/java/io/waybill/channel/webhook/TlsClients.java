package io.waybill.channel.webhook;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.core5.io.CloseMode;

/**
 * One HTTP client for each TLS identity, so that a connection which was made with one is never used
 * for another, whatever the pool thinks of them. Each has a thread of its own, hence there are few:
 * who was not used for a while is closed, and beyond the limit the one that rested longest.
 *
 * <p>Safe to share between threads. A client that is lent is not closed before it is given back.
 */
final class TlsClients implements AutoCloseable {
  private static final Duration REST = Duration.ofMinutes(5);

  private final Factory factory;
  private final int most;
  private final LongSupplier nanoTime;
  private final Map<TlsIdentity, Held> clients = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  /** Makes a client and starts it. */
  @FunctionalInterface
  interface Factory {
    CloseableHttpAsyncClient start(TlsIdentity identity) throws GeneralSecurityException;
  }

  private static final class Held {
    private final CloseableHttpAsyncClient client;
    private int users;
    private long lastUse;

    Held(CloseableHttpAsyncClient client) {
      this.client = client;
    }
  }

  /**
   * @param most clients that are kept; more live only while all are in use
   */
  TlsClients(Factory factory, int most, LongSupplier nanoTime) {
    this.factory = factory;
    this.most = most;
    this.nanoTime = nanoTime;
  }

  /**
   * Lends the client of an identity, until {@link #giveBack}.
   *
   * @throws GeneralSecurityException when this JVM cannot use the identity
   */
  synchronized CloseableHttpAsyncClient lend(TlsIdentity identity) throws GeneralSecurityException {
    Held held = clients.get(identity);
    if (held == null) {
      held = new Held(factory.start(identity));
      clients.put(identity, held);
      closeBeyond(most);
    }
    held.users++;
    held.lastUse = nanoTime.getAsLong();
    return held.client;
  }

  /** Ends one {@link #lend}. */
  synchronized void giveBack(TlsIdentity identity) {
    Held held = clients.get(identity);
    if (held != null) {
      held.users--;
      held.lastUse = nanoTime.getAsLong();
      if (closed && held.users == 0) {
        clients.remove(identity);
      }
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

  private static void close(Held held) {
    // It waits for the client's thread to end, and nobody here has the time.
    Thread.ofVirtual().start(() -> held.client.close(CloseMode.IMMEDIATE));
  }

  @Override
  public void close() {
    List<Held> all;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(clients.values());
    }
    all.forEach(held -> held.client.close(CloseMode.IMMEDIATE));
  }
}
