package io.waybill.channel.webhook;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.channel.contract.ChannelContract;
import io.waybill.guard.AddressGuard;
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

class WebhookChannelContractTest extends ChannelContract {
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<RawServer> servers = new ArrayList<>();

  @AfterEach
  void closeServers() {
    over.countDown();
    servers.forEach(RawServer::close);
  }

  @Override
  protected Channel newChannel(CredentialSource credentials, AddressGuard guard) {
    try {
      return WebhookChannel.start(
          WebhookSettings.defaults("test"),
          credentials,
          guard,
          InstantSource.system(),
          SSLContext.getDefault());
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
    return base().at(url(receiver)).timeout(timeout).build();
  }

  @Override
  protected Attempt attemptAt(String host, int port, Duration timeout) {
    return base().at("http://" + host + ":" + port + "/").timeout(timeout).build();
  }

  private static Attempts base() {
    return Attempts.anAttempt()
        .header("Authorization", "Bearer " + SECRET)
        .header("X-Api-Key", SECRET);
  }

  private String url(Receiver receiver) throws IOException {
    return switch (receiver) {
      case ACCEPTS -> serve(RawServer.answering(200));
      case REFUSES_FOR_NOW -> serve(RawServer.answering(503));
      case REFUSES_FOR_GOOD -> serve(RawServer.answering(400));
      case HANGS -> serve(RawServer.on((request, out) -> !pause(Duration.ofMinutes(1))));
      case TRICKLES -> serve(RawServer.on((request, out) -> pour(out, "H", Duration.ofMillis(50))));
      case FLOODS ->
          serve(
              RawServer.on((request, out) -> {
                RawServer.write(out, "HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n");
                return pour(out, "2000\r\n" + "x".repeat(0x2000) + "\r\n", Duration.ZERO);
              }));
      case ECHOES_CREDENTIALS ->
          serve(
              RawServer.on((request, out) -> {
                String value = request.values("Authorization").getFirst();
                RawServer.write(
                    out,
                    "HTTP/1.1 500 "
                        + value
                        + "\r\nx-request-id: "
                        + value
                        + "\r\nRetry-After: "
                        + value
                        + "\r\nX-"
                        + SECRET
                        + ": 1\r\n"
                        + "Content-Length: "
                        + request.head().length()
                        + "\r\n\r\n"
                        + request.head());
                return true;
              }));
      case SENDS_ELSEWHERE -> {
        String there = "http://127.0.0.1:" + trap.port() + "/";
        yield serve(
            RawServer.answering(
                307,
                "Location: " + there,
                "Refresh: 0; url=" + there,
                "Content-Location: " + there,
                "Alt-Svc: h2=\"127.0.0.1:" + trap.port() + "\""));
      }
      case TALKS_GARBAGE -> serve(RawServer.answering("220 mail.example ESMTP\r\n\r\n\r\n"));
      case HANGS_UP -> serve(RawServer.on((request, out) -> false));
      case IS_NOT_THERE -> "http://127.0.0.1:" + RawServer.deadPort() + "/";
    };
  }

  private String serve(RawServer server) {
    servers.add(server);
    return server.url();
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
