package io.waybill.channel.storage;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.channel.contract.TlsContract;
import io.waybill.guard.AddressGuard;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import javax.net.ssl.SSLContext;

class StorageTlsContractTest extends TlsContract {
  @Override
  protected Channel newChannel(AddressGuard guard, SSLContext trust) {
    return StorageChannel.start(
        StorageSettings.defaults("test"),
        Attempts.anAttempt().opening(),
        PlatformCredentials.none(),
        guard,
        Clock.systemUTC(),
        trust);
  }

  @Override
  protected Attempt attempt(int port, Duration timeout) {
    return Attempts.anAttempt().at("https://" + HOST + ":" + port).timeout(timeout).build();
  }

  @Override
  protected void accept(InputStream in, OutputStream out) throws IOException {
    in.read(new byte[16 * 1024]);
    out.write(RawServer.kept().getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }
}
