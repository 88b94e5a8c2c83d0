package io.waybill.demo;

import io.waybill.locals3.LocalS3;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * What the demo delivers to, all on loopback.
 *
 * @param accessKeyId of the store, made up for this run
 */
record Receivers(
    LocalReceiver http, LocalMail mail, LocalS3 store, String accessKeyId, String secretAccessKey)
    implements AutoCloseable {
  static final String ARCHIVE = "hospital-hipaa-audit-archive";
  static final String BACKUP = "enterprise-audit-backup";

  static Receivers start(Path folder) {
    String accessKeyId = "DEMO" + random(8).toUpperCase(Locale.ROOT);
    String secretAccessKey = random(20);
    return new Receivers(
        new LocalReceiver(),
        new LocalMail(),
        LocalS3.start(
            accessKeyId, secretAccessKey, List.of(ARCHIVE, BACKUP), folder.resolve("s3-store.log")),
        accessKeyId,
        secretAccessKey);
  }

  private static String random(int bytes) {
    byte[] made = new byte[bytes];
    RandomGenerator.of("SecureRandom").nextBytes(made);
    return HexFormat.of().formatHex(made);
  }

  @Override
  public void close() {
    store.close();
    mail.close();
    http.close();
  }
}
