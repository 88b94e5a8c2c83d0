package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to mail servers that wait for their destination's next mail, so that a log-in and a
 * handshake serve many. One belongs to an organization, a destination and the versions of its
 * configuration and its credentials, and is used by nobody else: two tenants with the same server
 * and the same user have nothing in common. A change of the destination closes what it had. Safe to
 * share between threads.
 */
final class IdleLines {
  private static final int PATIENCE_AT_THE_END = 1_000;

  /** Some servers count, and refuse what comes after. */
  private static final int MOST_MAILS = 100;

  private record Owner(OrganizationId organization, DestinationId destination) {
    static Owner of(Attempt attempt) {
      return new Owner(attempt.destination().organizationId(), attempt.destination().id());
    }
  }

  /** Of a destination's configuration and of its credentials. */
  private record Version(long destination, long secrets) {
    static Version of(Attempt attempt) {
      return new Version(attempt.destination().version(), attempt.secrets().version());
    }
  }

  /** A connection with what is known of it. Of one attempt, or of nobody. */
  static final class Line {
    private final Dialogue dialogue;
    private final Socket socket;
    private final Place place;
    private final Version version;
    private int mails;
    private @Nullable ScheduledFuture<?> end;

    Line(Dialogue dialogue, Socket socket, Place place, Attempt attempt) {
      this.place = place;
      this.dialogue = dialogue;
      this.socket = socket;
      this.version = Version.of(attempt);
    }

    Dialogue dialogue() {
      return dialogue;
    }

    /** What its bytes go through, below TLS. */
    Socket socket() {
      return socket;
    }

    void countMail() {
      mails++;
    }

    private InetAddress address() {
      return socket.getInetAddress();
    }

    private void quit() {
      try {
        socket.setSoTimeout(PATIENCE_AT_THE_END);
        dialogue.close();
      } catch (MessagingException | IOException e) {
        // A courtesy; nothing is under way here.
      } finally {
        Grip.close(socket);
      }
    }
  }

  private final int mostOfOne;
  private final int mostOfAll;
  private final Duration longest;
  private final ScheduledExecutorService timer;
  private final Map<Owner, Deque<Line>> waiting = new HashMap<>();
  private int count;
  private boolean closed;

  IdleLines(EmailSettings settings, ScheduledExecutorService timer) {
    this.mostOfOne = settings.maxIdlePerDestination();
    this.mostOfAll = settings.maxIdle();
    this.longest = settings.idleTime();
    this.timer = timer;
  }

  /**
   * A connection that this attempt may use, to one of the addresses that were judged for it. It may
   * have been closed by its server meanwhile.
   */
  Optional<Line> take(Attempt attempt, Place place, List<InetAddress> judged) {
    List<Line> old = new ArrayList<>();
    Line found = null;
    synchronized (this) {
      Deque<Line> mine = waiting.get(Owner.of(attempt));
      while (mine != null && found == null && !mine.isEmpty()) {
        Line line = mine.removeLast();
        count--;
        stopTimer(line);
        // Another place has another version; but on it hangs who gets the mail.
        if (line.version.equals(Version.of(attempt))
            && line.place.equals(place)
            && judged.contains(line.address())) {
          found = line;
        } else {
          old.add(line);
        }
      }
      if (mine != null && mine.isEmpty()) {
        waiting.remove(Owner.of(attempt));
      }
    }
    old.forEach(IdleLines::letQuit);
    return Optional.ofNullable(found);
  }

  /** Takes over a connection that is between two mails. */
  void give(Attempt attempt, Line line) {
    if (!keeps(Owner.of(attempt), line)) {
      letQuit(line);
    }
  }

  private synchronized boolean keeps(Owner owner, Line line) {
    Deque<Line> mine = waiting.computeIfAbsent(owner, any -> new ArrayDeque<>());
    boolean fits =
        !closed
            && line.mails < MOST_MAILS
            && mine.size() < mostOfOne
            && count < mostOfAll
            && mine.stream().allMatch(other -> other.version.equals(line.version));
    try {
      if (fits) {
        line.end =
            timer.schedule(() -> expire(owner, line), longest.toMillis(), TimeUnit.MILLISECONDS);
        mine.addLast(line);
        count++;
      }
    } catch (RejectedExecutionException e) {
      // The channel closes.
      fits = false;
    }
    if (mine.isEmpty()) {
      waiting.remove(owner);
    }
    return fits;
  }

  private void expire(Owner owner, Line line) {
    synchronized (this) {
      Deque<Line> mine = waiting.get(owner);
      if (mine == null || !mine.remove(line)) {
        return;
      }
      count--;
      if (mine.isEmpty()) {
        waiting.remove(owner);
      }
    }
    letQuit(line);
  }

  private static void stopTimer(Line line) {
    ScheduledFuture<?> end = line.end;
    if (end != null) {
      end.cancel(false);
      line.end = null;
    }
  }

  private static void letQuit(Line line) {
    Thread.ofVirtual().name("waybill-email-quit").start(line::quit);
  }

  /** Closes all, without a word: nothing is under way on them. */
  void close() {
    List<Line> all = new ArrayList<>();
    synchronized (this) {
      closed = true;
      waiting.values().forEach(all::addAll);
      waiting.clear();
      count = 0;
    }
    all.forEach(line -> Grip.close(line.socket()));
  }
}
