package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.channel.contract.ChannelContract;
import io.waybill.channel.email.cms.PasswordKeys;
import io.waybill.guard.AddressGuard;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;

class EmailChannelContractTest extends ChannelContract {
  private final List<ScriptedSmtp> servers = new ArrayList<>();
  private final PasswordKeys keys = new PasswordKeys(InstantSource.system(), 1_000);

  @AfterEach
  void closeServers() {
    servers.forEach(ScriptedSmtp::close);
  }

  @Override
  protected Channel newChannel(CredentialSource credentials, AddressGuard guard) {
    try {
      return EmailChannel.start(
          EmailSettings.defaults("waybill.example").allowingUnencrypted(Set.of("127.0.0.1", NAME)),
          credentials,
          guard,
          InstantSource.system(),
          SSLContext.getDefault(),
          keys);
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
    return base().at("127.0.0.1", port(receiver)).timeout(timeout).build();
  }

  @Override
  protected Attempt attemptAt(String host, int port, Duration timeout) {
    return base().at(host, port).timeout(timeout).build();
  }

  /** What all attempts have in common. */
  Attempts base() {
    return Attempts.anAttempt().logIn("user-" + SECRET, SECRET);
  }

  private int port(Receiver receiver) throws IOException {
    return switch (receiver) {
      case ACCEPTS -> serve(ScriptedSmtp.takingAll());
      case REFUSES_FOR_NOW -> serve(ScriptedSmtp.takingAll().on("RCPT", "451 4.7.1 greylisted"));
      case REFUSES_FOR_GOOD -> serve(ScriptedSmtp.takingAll().on("RCPT", "550 5.1.1 nobody"));
      case HANGS -> serve(ScriptedSmtp.takingAll().on("BANNER", ScriptedSmtp.HANG));
      case TRICKLES ->
          serve(ScriptedSmtp.speaking((in, out) -> flood.pour(out, "2", Duration.ofMillis(50))));
      case FLOODS ->
          serve(
              ScriptedSmtp.speaking((in, out) ->
                  flood.pour(out, "220-" + "x".repeat(0x2000) + "\r\n", Duration.ZERO)));
      case ECHOES_CREDENTIALS ->
          serve(
              ScriptedSmtp.takingAll()
                  .on("AUTH", line -> "235 2.7.0 welcome " + SECRET)
                  .on("MAIL", line -> "250 " + SECRET)
                  .on("RCPT", line -> "550 5.1.1 " + SECRET + " " + line)
                  .on("RSET", line -> "550 " + SECRET));
      case SENDS_ELSEWHERE ->
          serve(
              ScriptedSmtp.takingAll()
                  .on("RCPT", "551 5.1.6 User not local; please try <x@127.0.0.1>"));
      case TALKS_GARBAGE ->
          serve(
              ScriptedSmtp.speaking((in, out) -> {
                write(out, "HTTP/1.1 400 Bad Request\r\n\r\n");
                drain(in);
              }));
      case HANGS_UP -> serve(ScriptedSmtp.takingAll().on("BANNER", ScriptedSmtp.HANG_UP));
      case IS_NOT_THERE -> ScriptedSmtp.deadPort();
    };
  }

  private int serve(ScriptedSmtp server) {
    servers.add(server);
    return server.port();
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static void drain(InputStream in) throws IOException {
    while (in.read() >= 0) {
      // until the client hangs up
    }
  }
}
