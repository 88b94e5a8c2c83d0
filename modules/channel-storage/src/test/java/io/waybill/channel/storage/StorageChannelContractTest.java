package io.waybill.channel.storage;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.channel.contract.ChannelContract;
import io.waybill.guard.AddressGuard;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

class StorageChannelContractTest extends ChannelContract {
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<RawServer> servers = new ArrayList<>();

  @AfterEach
  void closeServers() {
    over.countDown();
    servers.forEach(RawServer::close);
  }

  @Override
  protected Channel newChannel(CredentialSource credentials, AddressGuard guard) {
    return StorageChannel.start(
        StorageSettings.defaults("test"),
        credentials,
        PlatformCredentials.none(),
        guard,
        Clock.systemUTC(),
        Rig.jvmTrust());
  }

  @Override
  protected CredentialSource credentials() {
    return base().opening();
  }

  @Override
  protected Attempt attempt(Receiver receiver, Duration timeout) throws IOException {
    return base().at(url(receiver)).timeout(timeout).build();
  }

  @Override
  protected Attempt attemptAt(String host, int port, Duration timeout) {
    return base().at("http://" + host + ":" + port).timeout(timeout).build();
  }

  /** The secret in each of the places where a credential can be, sent or not. */
  private static Attempts base() {
    return Attempts.anAttempt().keys(SECRET, SECRET).session(SECRET);
  }

  private String url(Receiver receiver) throws IOException {
    return switch (receiver) {
      case ACCEPTS -> serve(RawServer.answering(RawServer.kept()));
      case REFUSES_FOR_NOW -> serve(RawServer.answering(RawServer.error(503, "SlowDown")));
      case REFUSES_FOR_GOOD -> serve(RawServer.answering(RawServer.error(404, "NoSuchBucket")));
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
                String body =
                    "<Error><Code>"
                        + SECRET
                        + "</Code><Message>"
                        + SECRET
                        + request.head()
                        + "</Message><RequestId>"
                        + SECRET
                        + "</RequestId></Error>";
                RawServer.write(
                    out,
                    "HTTP/1.1 400 "
                        + SECRET
                        + "\r\nx-amz-request-id: "
                        + SECRET
                        + "\r\nRetry-After: "
                        + SECRET
                        + "\r\nX-"
                        + SECRET
                        + ": 1\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
                return true;
              }));
      case SENDS_ELSEWHERE -> {
        String there = "127.0.0.1:" + trap.port();
        yield serve(
            RawServer.answering(
                RawServer.answer(
                    307,
                    "<Error><Code>TemporaryRedirect</Code><Endpoint>"
                        + there
                        + "</Endpoint></Error>",
                    "Content-Type: application/xml",
                    "x-amz-bucket-region: eu-west-1",
                    "Location: http://" + there + "/")));
      }
      case TALKS_GARBAGE -> serve(RawServer.answering("220 mail.example ESMTP\r\n\r\n\r\n"));
      case HANGS_UP -> serve(RawServer.on((request, out) -> false));
      case IS_NOT_THERE -> "http://127.0.0.1:" + RawServer.deadPort();
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
