package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.channel.contract.TlsContract;
import io.waybill.channel.email.cms.PasswordKeys;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Protocol;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;

/** Whom SES and SendGrid must be, to be told anything. */
class HttpServiceTlsContractTest extends TlsContract {
  private volatile Place place = new Place(HOST, 1, true, Protocol.HTTP);

  @Override
  protected Channel newChannel(AddressGuard guard, SSLContext trust) {
    return EmailChannel.start(
        EmailSettings.defaults("waybill.example"),
        Attempts.anAttempt().sendGrid("SG.key").credentials(),
        guard,
        InstantSource.system(),
        trust,
        new PasswordKeys(InstantSource.system(), 1_000),
        service -> place);
  }

  @Override
  protected Attempt attempt(int port, Duration timeout) {
    place = new Place(HOST, port, true, Protocol.HTTP);
    return Attempts.anAttempt().sendGrid("SG.key").timeout(timeout).build();
  }

  @Override
  protected void accept(InputStream in, OutputStream out) throws IOException {
    in.read(new byte[16 * 1024]);
    out.write(RawHttp.answer(202, "").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }
}
