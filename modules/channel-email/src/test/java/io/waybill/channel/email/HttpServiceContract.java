package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.channel.contract.ChannelContract;
import io.waybill.channel.email.cms.PasswordKeys;
import io.waybill.domain.EmailRules;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Protocol;
import java.io.IOException;
import java.io.OutputStream;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;

/** The channel's contract, with a service that is called by HTTP. */
abstract class HttpServiceContract extends ChannelContract {
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<RawHttp> servers = new ArrayList<>();
  private final PasswordKeys keys = new PasswordKeys(InstantSource.system(), 1_000);
  private volatile Place place = new Place("127.0.0.1", 1, false, Protocol.HTTP);

  /** What all attempts have in common, {@link #SECRET} among it. */
  abstract Attempts base();

  /** What the service answers to a mail, and to a question. */
  abstract String taken(RawHttp.Seen request);

  abstract String refusedForGood();

  @AfterEach
  void closeServers() {
    over.countDown();
    servers.forEach(RawHttp::close);
  }

  @Override
  protected Channel newChannel(CredentialSource credentials, AddressGuard guard) {
    try {
      return EmailChannel.start(
          EmailSettings.defaults("waybill.example"),
          credentials,
          guard,
          InstantSource.system(),
          SSLContext.getDefault(),
          keys,
          service -> place);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected CredentialSource credentials() {
    return base().credentials();
  }

  @Override
  protected Attempt attempt(Receiver receiver, Duration timeout) throws IOException {
    place = new Place("127.0.0.1", port(receiver), false, Protocol.HTTP);
    return base().timeout(timeout).build();
  }

  /** Only an operator chooses a host here. */
  @Override
  protected Attempt attemptAt(String host, int port, Duration timeout) {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    if (!EmailRules.checkHost(bare).isEmpty()) {
      throw new IllegalArgumentException("no host");
    }
    place = new Place(bare, port, false, Protocol.HTTP);
    return base().timeout(timeout).build();
  }

  private int port(Receiver receiver) throws IOException {
    return switch (receiver) {
      case ACCEPTS ->
          serve(
              RawHttp.on((request, out) -> {
                RawHttp.write(out, taken(request));
                return true;
              }));
      case REFUSES_FOR_NOW -> serve(RawHttp.answering(RawHttp.answer(503, "")));
      case REFUSES_FOR_GOOD -> serve(RawHttp.answering(refusedForGood()));
      case HANGS -> serve(RawHttp.on((request, out) -> !pause(Duration.ofMinutes(1))));
      case TRICKLES -> serve(RawHttp.on((request, out) -> pour(out, "H", Duration.ofMillis(50))));
      case FLOODS ->
          serve(
              RawHttp.on((request, out) -> {
                RawHttp.write(out, "HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n");
                return pour(out, "2000\r\n" + "x".repeat(0x2000) + "\r\n", Duration.ZERO);
              }));
      case ECHOES_CREDENTIALS ->
          serve(
              RawHttp.on((request, out) -> {
                String said = SECRET + request.head().replaceAll("[\"\r\n]", " ");
                RawHttp.write(
                    out,
                    RawHttp.answer(
                        400,
                        "{\"__type\": \"%1$s\", \"message\": \"%1$s\"}".formatted(said),
                        "x-amzn-ErrorType: " + SECRET,
                        "X-Message-Id: " + SECRET,
                        "Retry-After: " + SECRET));
                return true;
              }));
      case SENDS_ELSEWHERE ->
          serve(
              RawHttp.answering(
                  RawHttp.answer(307, "", "Location: http://127.0.0.1:" + trap.port() + "/")));
      case TALKS_GARBAGE -> serve(RawHttp.answering("220 mail.example ESMTP\r\n\r\n\r\n"));
      case HANGS_UP -> serve(RawHttp.on((request, out) -> false));
      case IS_NOT_THERE -> RawHttp.deadPort();
    };
  }

  private int serve(RawHttp server) {
    servers.add(server);
    return server.port();
  }

  private boolean pour(OutputStream out, String piece, Duration pause) throws IOException {
    flood.pour(out, piece, pause);
    return false;
  }

  /** Waits; true when the test is over. */
  private boolean pause(Duration time) {
    try {
      return over.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
