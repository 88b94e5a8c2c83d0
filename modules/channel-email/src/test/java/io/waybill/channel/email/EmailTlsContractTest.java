package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.channel.contract.TlsContract;
import io.waybill.guard.AddressGuard;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;

/** TLS from the first byte; what becomes of STARTTLS stands in {@link EmailTlsTest}. */
class EmailTlsContractTest extends TlsContract {
  @Override
  protected Channel newChannel(AddressGuard guard, SSLContext trust) {
    return EmailChannel.start(
        EmailSettings.defaults("waybill.example"),
        Attempts.anAttempt().credentials(),
        guard,
        InstantSource.system(),
        trust);
  }

  @Override
  protected Attempt attempt(int port, Duration timeout) {
    return Attempts.anAttempt().at(HOST, port).secure().timeout(timeout).build();
  }

  @Override
  protected void accept(InputStream in, OutputStream out) throws IOException {
    say(out, "220 mail.example ESMTP");
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
    boolean inMessage = false;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (inMessage) {
        inMessage = !line.equals(".");
        if (inMessage) {
          continue;
        }
      } else if (line.equals("DATA")) {
        inMessage = true;
        say(out, "354 go on");
        continue;
      }
      say(out, "250 Ok");
    }
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }
}
