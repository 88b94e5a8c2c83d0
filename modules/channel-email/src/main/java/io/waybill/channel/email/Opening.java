package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.Reason;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.EgressProxy;
import io.waybill.guard.Protocol;
import io.waybill.guard.Verdict;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The way to a server that takes mails: look-up, judgement, connection, TLS, log-in. */
final class Opening {
  private final Mailing.Office office;
  private final Attempt attempt;
  private final EmailConfig config;
  private final String host;
  private final Supplier<Duration> remaining;
  private final Consumer<Socket> held;
  private volatile boolean addressKnown;
  private volatile boolean withTheProxy;

  /**
   * A way that nobody has gone yet.
   *
   * @param remaining what is left of the attempt's time
   * @param held takes each socket before it blocks, to close it from elsewhere
   */
  Opening(
      Mailing.Office office,
      Attempt attempt,
      EmailConfig config,
      Supplier<Duration> remaining,
      Consumer<Socket> held) {
    this.office = office;
    this.attempt = attempt;
    this.config = config;
    this.host = config.smtp().host();
    this.remaining = remaining;
    this.held = held;
  }

  /** Whether the look-up is over; any thread may ask. */
  boolean knowsAddress() {
    return addressKnown;
  }

  /** Whether the operator's proxy has been asked and has not let this through; for any thread. */
  boolean isWithTheProxy() {
    return withTheProxy;
  }

  /**
   * Comes as far as the first mail.
   *
   * @throws Ended with why not
   */
  void begin(Dialogue dialogue) throws Ended {
    Optional<Dialogue.LogIn> logIn = dialogue.logIn();
    if (logIn.isEmpty()) {
      converse(dialogue);
      return;
    }
    switch (turn(logIn.get())) {
      case LogIns.Turn.Granted granted -> {
        try (granted) {
          beginWithLogIn(dialogue, granted);
        }
      }
      case LogIns.Turn.Pause(Duration left) -> throw new Ended(pause(left));
      case LogIns.Turn.TooLate _ -> throw new Ended(tooLate());
    }
    if (!dialogue.offersLogIn()) {
      throw new Ended(
          new Failure(
              Reason.CREDENTIALS_REFUSED,
              host + " offers no log-in, but the destination has credentials for it"));
    }
  }

  private void beginWithLogIn(Dialogue dialogue, LogIns.Turn.Granted granted) throws Ended {
    dialogue.askBeforeLogIn(() -> mayEnter(granted));
    try {
      dialogue.begin(connect(addresses()));
    } catch (MessagingException | IOException e) {
      if (dialogue.hasWithheldLogIn()) {
        throw new Ended(withheld(granted));
      }
      throw new Ended(
          e instanceof AuthenticationFailedException refused
              ? logInFailure(dialogue, refused, granted)
              : openingFailure(dialogue, e));
    }
    if (dialogue.offersLogIn()) {
      granted.succeeded();
    }
  }

  private boolean mayEnter(LogIns.Turn.Granted granted) {
    try {
      return granted.enter(remaining.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Failure withheld(LogIns.Turn.Granted granted) {
    Duration pause = granted.pause();
    return pause.isPositive() ? pause(pause) : tooLate();
  }

  private Failure pause(Duration left) {
    return new Failure(
        Reason.CREDENTIALS_REFUSED,
        host
            + " refused the credentials a moment ago; they are not tried again so soon, lest the"
            + " account be locked: update the destination with the right ones",
        Optional.of(left));
  }

  private Failure tooLate() {
    return new Failure(
        Reason.TIMEOUT,
        host + " has not answered the log-ins of others yet, for which this one waits");
  }

  private LogIns.Turn turn(Dialogue.LogIn logIn) throws Ended {
    try {
      LogIns all = office.logIns();
      return all.turn(
          logIn.account(all, attempt.destination().organizationId(), config.smtp()),
          remaining.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopped();
    }
  }

  private static Ended stopped() {
    return new Ended(new Failure(Reason.CONNECTION_LOST, "this sender was stopped"));
  }

  private void converse(Dialogue dialogue) throws Ended {
    try {
      dialogue.begin(connect(addresses()));
    } catch (MessagingException | IOException e) {
      throw new Ended(openingFailure(dialogue, e));
    }
  }

  private List<InetAddress> addresses() throws Ended {
    return switch (await(office.guard().check(host, config.smtp().port(), Protocol.SMTP))) {
      case Verdict.Allowed allowed -> {
        addressKnown = true;
        yield allowed.addresses();
      }
      case Verdict.Denied denied -> throw denied(denied);
      case Verdict.PortDenied denied ->
          throw new Ended(new Failure(Reason.ADDRESS_DENIED, denied.inWords()), true);
      case Verdict.Unresolvable _ ->
          throw new Ended(
              new Failure(
                  Reason.DNS_FAILURE, host + " has no address, or no name server could tell"));
    };
  }

  private <T> T await(CompletionStage<T> answer) throws Ended {
    try {
      return answer
          .toCompletableFuture()
          .get(Math.max(1, remaining.get().toMillis()), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // The deadline says so too, and says it first.
      throw new Ended(new Failure(Reason.TIMEOUT, "no name server knew an address of " + host));
    } catch (ExecutionException e) {
      throw new IllegalStateException("the guard failed, which it must not", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopped();
    }
  }

  private Ended denied(Verdict.Denied denied) {
    String hint = ", where nothing is sent; the operator can allow networks with --allow-cidr";
    if (AddressGuard.literal(host).isPresent()) {
      String message = host + " is in " + denied.network() + " (" + denied.what() + ")" + hint;
      // No name can come to mean something else here.
      return new Ended(new Failure(Reason.ADDRESS_DENIED, message), true);
    }
    // Which address it was would tell a tenant about networks that he cannot see.
    return new Ended(
        new Failure(
            Reason.ADDRESS_DENIED,
            host + " has an address in a private or reserved network" + hint));
  }

  private Socket connect(List<InetAddress> addresses) throws IOException, Ended {
    Socket plain = dial(addresses);
    return config.smtp().secure()
        ? office.connector().secured(plain, host, config.smtp().port())
        : plain;
  }

  private Socket dial(List<InetAddress> addresses) throws IOException, Ended {
    Connector connector = office.connector();
    int port = config.smtp().port();
    Optional<EgressProxy> proxy = office.guard().proxy();
    if (proxy.isEmpty()) {
      return connector.dial(host, port, addresses, remaining, held);
    }
    withTheProxy = true;
    List<InetAddress> proxyAddresses = await(office.guard().proxyAddresses());
    Socket through =
        connector.dialThrough(proxy.get(), proxyAddresses, host, port, addresses, remaining, held);
    withTheProxy = false;
    return through;
  }

  private Failure openingFailure(Dialogue dialogue, Exception cause) {
    Optional<Failure> broken = Failures.of(cause, host);
    if (broken.isPresent()) {
      return broken.get();
    }
    int code = dialogue.getLastReturnCode();
    if (code >= 400 && code < 600) {
      return new Failure(Reason.SMTP_TRANSIENT, host + " answered " + code + " before any mail");
    }
    if (code == 250 && !config.smtp().secure() && !dialogue.offersTls()) {
      return new Failure(
          Reason.TLS_FAILURE,
          host
              + " offers no STARTTLS, and nothing is sent in clear; the operator can allow hosts"
              + " with --allow-unencrypted-smtp");
    }
    return noReply(dialogue, host);
  }

  private Failure logInFailure(
      Dialogue dialogue, AuthenticationFailedException cause, LogIns.Turn.Granted granted) {
    int code = dialogue.getLastReturnCode();
    if (code >= 500 && code < 600) {
      granted.refused();
      return new Failure(
          Reason.CREDENTIALS_REFUSED,
          host
              + " answered "
              + code
              + " to the log-in: update the destination with the right user and password",
          Optional.of(LogIns.PAUSE));
    }
    if (code >= 400 && code < 500) {
      return new Failure(Reason.SMTP_TRANSIENT, host + " answered " + code + " to the log-in");
    }
    if (code >= 200 && code < 400) {
      return new Failure(
          Reason.CREDENTIALS_REFUSED,
          host + " offers no log-in that sends user and password (PLAIN or LOGIN)");
    }
    return Failures.of(cause, host).orElseGet(() -> noReply(dialogue, host));
  }

  /** What it means that there was no reply, or none with a code. */
  static Failure noReply(Dialogue dialogue, String host) {
    return dialogue.hungUp()
        ? new Failure(Reason.CONNECTION_LOST, host + " closed the connection instead of answering")
        : new Failure(Reason.PROTOCOL_ERROR, host + " did not answer in SMTP");
  }
}
