package io.waybill.channel.email;

import io.waybill.domain.OrganizationId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keeps an account from being locked. Each refused log-in brings it nearer to that, and every
 * waiting task would try: so until one log-in with these credentials has succeeded, one attempt
 * tries and the others wait for what comes of it; later {@value #AT_A_TIME} log in at a time, for a
 * password may have been changed since; and after a refusal nobody tries for a while. That is three
 * tries in ten minutes at most, over all destinations of an organization that have the same
 * credentials for the same server. Other credentials start anew. Safe to share between threads.
 */
final class LogIns {
  /** How long nobody tries after a refusal. */
  static final Duration PAUSE = Duration.ofMinutes(5);

  /** Log-ins under way with credentials that were right the last time. */
  static final int AT_A_TIME = 2;

  private static final int MANY = 1_000;
  private static final String HMAC = "HmacSHA256";

  /**
   * Whose log-ins are told apart from all others.
   *
   * @param digest of server, user and password, by which neither can be guessed elsewhere
   */
  record Account(OrganizationId organization, String digest) {}

  private sealed interface State {

    /** Somebody logged in. */
    record Proven(Semaphore places) implements State {}

    /** Somebody tries; the others wait for his future. */
    record Trying(CompletableFuture<Void> over) implements State {}

    record Refused(long untilNanos) implements State {}
  }

  private final LongSupplier nanoTime;
  private final SecretKeySpec key;
  private final ConcurrentMap<Account, State> states = new ConcurrentHashMap<>();

  LogIns() {
    this(System::nanoTime);
  }

  /** By another clock, for tests. */
  LogIns(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    key = new SecretKeySpec(random, HMAC);
  }

  /** The account that a server's user logs in to with that password. */
  Account account(
      OrganizationId organization, String host, int port, String user, String password) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      // None of them may hold what they are parted by.
      String all = String.join("\0", host, Integer.toString(port), user, password);
      byte[] digest = mac.doFinal(all.getBytes(StandardCharsets.UTF_8));
      return new Account(organization, HexFormat.of().formatHex(digest));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no " + HMAC, e);
    }
  }

  /** What an attempt may do. */
  sealed interface Turn {

    /** Connect, and ask {@link #enter} before the log-in. Whoever may says how it ended. */
    final class Granted implements Turn, AutoCloseable {
      private final LogIns all;
      private final Account account;
      private final State mine;
      private boolean entered;

      private Granted(LogIns all, Account account, State mine) {
        this.all = all;
        this.account = account;
        this.mine = mine;
      }

      /**
       * Waits for a place among those who log in.
       *
       * @return whether to do it; not when others were refused meanwhile, or it took too long
       */
      boolean enter(Duration patience) throws InterruptedException {
        if (!(mine instanceof State.Proven proven)) {
          return true;
        }
        if (!entered) {
          entered = proven.places().tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
        }
        return entered && !(all.states.get(account) instanceof State.Refused);
      }

      /** How long nobody is to try, if that is so by now. */
      Duration pause() {
        return all.states.get(account) instanceof State.Refused refused
            ? all.left(refused)
            : Duration.ZERO;
      }

      void succeeded() {
        all.succeeded(account);
      }

      void refused() {
        all.put(account, new State.Refused(all.nanoTime.getAsLong() + PAUSE.toNanos()));
      }

      /** Nothing has been learnt of the credentials unless it was said before. */
      @Override
      public void close() {
        if (mine instanceof State.Trying tried) {
          all.states.remove(account, tried);
          tried.over().complete(null);
        }
        if (mine instanceof State.Proven proven && entered) {
          entered = false;
          proven.places().release();
        }
      }
    }

    /**
     * Let it be.
     *
     * @param left how long
     */
    record Pause(Duration left) implements Turn {}

    /** The attempt's time was over before its turn came. */
    record TooLate() implements Turn {}
  }

  /**
   * Waits until the attempt may connect, or it is known that it may not.
   *
   * @param patience how long to wait for others at most
   */
  Turn turn(Account account, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      State.Trying mine = new State.Trying(new CompletableFuture<>());
      State state = states.compute(account, (id, old) -> old == null || isPast(old) ? mine : old);
      switch (state) {
        case State.Proven proven -> {
          return new Turn.Granted(this, account, proven);
        }
        case State.Refused refused -> {
          return new Turn.Pause(left(refused));
        }
        // A future is equal to none but itself, so this is the one that was put in above.
        case State.Trying trying when trying.equals(mine) -> {
          return new Turn.Granted(this, account, mine);
        }
        case State.Trying trying -> {
          if (!isOver(trying, deadline - System.nanoTime())) {
            return new Turn.TooLate();
          }
        }
      }
    }
  }

  private static boolean isOver(State.Trying trying, long nanos) throws InterruptedException {
    try {
      trying.over().get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody completes it so", e);
    }
  }

  private Duration left(State.Refused refused) {
    return Duration.ofNanos(refused.untilNanos() - nanoTime.getAsLong());
  }

  private boolean isPast(State state) {
    return state instanceof State.Refused refused && !left(refused).isPositive();
  }

  private void succeeded(Account account) {
    if (!(states.get(account) instanceof State.Proven)) {
      put(account, new State.Proven(new Semaphore(AT_A_TIME)));
    }
  }

  private void put(Account account, State state) {
    if (states.size() >= MANY) {
      // Who is forgotten costs one log-in that others wait for; a refusal is not forgotten.
      states.values().removeIf(old -> old instanceof State.Proven || isPast(old));
    }
    State before = states.put(account, state);
    if (before instanceof State.Trying trying) {
      trying.over().complete(null);
    }
  }
}
