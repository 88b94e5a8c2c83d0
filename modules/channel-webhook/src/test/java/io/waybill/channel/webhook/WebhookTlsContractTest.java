package io.waybill.channel.webhook;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.channel.contract.TlsContract;
import io.waybill.guard.AddressGuard;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;

class WebhookTlsContractTest extends TlsContract {
  @Override
  protected Channel newChannel(AddressGuard guard, SSLContext trust) {
    return WebhookChannel.start(
        WebhookSettings.defaults("test"),
        Attempts.anAttempt().credentials(),
        guard,
        InstantSource.system(),
        trust);
  }

  @Override
  protected Attempt attempt(int port, Duration timeout) {
    return Attempts.anAttempt().at("https://" + HOST + ":" + port + "/").timeout(timeout).build();
  }

  @Override
  protected void accept(InputStream in, OutputStream out) throws IOException {
    in.read(new byte[16 * 1024]);
    out.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }
}
