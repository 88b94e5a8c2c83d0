package io.waybill.channel.email;

import io.waybill.domain.EmailConfig;
import io.waybill.domain.OrganizationId;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;

/**
 * The library's SMTP, taken by the step: its own {@code sendMessage} hides which command a code
 * answered. Connects to nothing, asks no name server and no session for credentials. Used by one
 * thread.
 */
final class Dialogue extends SMTPTransport {

  /** Who logs in. A class, because a record would print the password. */
  static final class LogIn {
    private final String user;
    private final String password;

    LogIn(String user, String password) {
      this.user = user;
      this.password = password;
    }

    /** Whether the text repeats the credentials, or a piece of them. */
    boolean isEchoedBy(String text) {
      return overlaps(text, user) || overlaps(text, password);
    }

    private static boolean overlaps(String text, String secret) {
      // Shorter ones would be found everywhere, and a piece of a credential is worth hiding too.
      return (secret.length() >= SHORTEST_ECHO && text.contains(secret)) || secret.contains(text);
    }

    /** By what its log-ins are told apart. */
    LogIns.Account account(LogIns all, OrganizationId organization, EmailConfig.Smtp server) {
      return all.account(organization, server.host(), server.port(), user, password);
    }
  }

  private static final Pattern QUEUED_AS =
      Pattern.compile("(?:queued as|id=)\\s*([A-Za-z0-9.-]{4,64})");
  private static final int SHORTEST_ECHO = 4;
  private static final int UNSET = Integer.MIN_VALUE;

  /** Asked just before credentials go out; may take its time. */
  @FunctionalInterface
  interface Gate {
    boolean isOpen();
  }

  private final @Nullable LogIn logIn;
  private Gate gate = () -> true;
  private boolean logInWithheld;
  private int firstCode = UNSET;

  /**
   * A dialogue that has not begun.
   *
   * @param logIn absent to send without
   */
  Dialogue(Session session, @Nullable LogIn logIn) {
    super(session, null);
    this.logIn = logIn;
  }

  /** Greets, begins TLS where the session asks for it, and logs in. */
  void begin(Socket connected) throws MessagingException {
    nextStep();
    connect(connected);
  }

  @Override
  protected synchronized boolean protocolConnect(
      String host, int port, String user, String password) throws MessagingException {
    // The caller would pass what the JVM is started as.
    return logIn == null
        ? super.protocolConnect(host, port, null, null)
        : super.protocolConnect(host, port, logIn.user, logIn.password);
  }

  boolean offersLogIn() {
    return supportsExtension("AUTH") || supportsExtension("AUTH=LOGIN");
  }

  boolean offersTls() {
    return supportsExtension("STARTTLS");
  }

  /**
   * One transaction with one recipient.
   *
   * @throws MessagingException when the connection breaks before there is a reply
   * @throws IOException likewise
   */
  synchronized Reply offer(String from, String to, MimeMessage message)
      throws MessagingException, IOException {
    int code = command("MAIL FROM:<" + from + ">");
    if (!isPositive(code)) {
      return refused(Reply.Step.MAIL, code);
    }
    code = command("RCPT TO:<" + to + ">");
    if (!isPositive(code)) {
      return refused(Reply.Step.RCPT, code);
    }
    nextStep();
    OutputStream out;
    try {
      out = data();
    } catch (MessagingException e) {
      return replyOr(e, Reply.Step.DATA);
    }
    nextStep();
    message.writeTo(out);
    try {
      finishData();
    } catch (MessagingException e) {
      // The library takes 250 only. It may have failed at the RSET behind a refusal, too: what
      // counts is the reply to the dot, if there was one.
      return replyOr(e, Reply.Step.END);
    }
    return new Reply(Reply.Step.END, firstCode, reference(getLastServerResponse()));
  }

  /** The reply to NOOP, which whoever is let in gets (RFC 5321, 4.1.1.9). */
  synchronized int ask() throws MessagingException {
    return command("NOOP");
  }

  private Reply replyOr(MessagingException failure, Reply.Step step) throws MessagingException {
    if (firstCode == UNSET) {
      throw failure;
    }
    return new Reply(step, firstCode, "");
  }

  private Reply refused(Reply.Step step, int code) throws MessagingException {
    Reply reply = new Reply(step, code, "");
    if (code != Reply.NONE && !reply.isGoodBye()) {
      try {
        simpleCommand("RSET");
      } catch (MessagingException e) {
        // The server hung up behind its refusal, which holds; the next transaction notices.
        return reply;
      }
    }
    return reply;
  }

  private int command(String line) throws MessagingException {
    nextStep();
    return simpleCommand(line);
  }

  private void nextStep() {
    firstCode = UNSET;
  }

  @Override
  protected int readServerResponse() throws MessagingException {
    int code = super.readServerResponse();
    if (firstCode == UNSET) {
      firstCode = code;
    }
    return code;
  }

  Optional<LogIn> logIn() {
    return Optional.ofNullable(logIn);
  }

  /** Has the log-in, which this begins with, wait for leave. */
  void askBeforeLogIn(Gate newGate) {
    gate = newGate;
  }

  /** Whether there was no leave; the server has not seen the credentials then. */
  boolean hasWithheldLogIn() {
    return logInWithheld;
  }

  @Override
  public synchronized int simpleCommand(String line) throws MessagingException {
    // All that comes before has been done by then: connection, TLS, greeting.
    if (line.startsWith("AUTH ") && !gate.isOpen()) {
      logInWithheld = true;
      throw new MessagingException("the log-in was called off");
    }
    return super.simpleCommand(line);
  }

  /** Whether the server closed the connection instead of replying. */
  boolean hungUp() {
    return "[EOF]".equals(getLastServerResponse());
  }

  private String reference(String response) {
    Matcher found = QUEUED_AS.matcher(response);
    if (!found.find()) {
      return "";
    }
    String id = found.group(1);
    return logIn != null && logIn.isEchoedBy(id) ? "" : id;
  }

  private static boolean isPositive(int code) {
    return code >= 200 && code < 300;
  }
}
