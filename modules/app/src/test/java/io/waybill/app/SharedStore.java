package io.waybill.app;

import io.waybill.channel.storage.PlatformCredentials;
import io.waybill.domain.OrganizationId;
import io.waybill.locals3.LocalS3;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * The object store of this JVM's tests, which ends with the JVM. Tests keep apart by organization,
 * which stands in their paths.
 */
final class SharedStore {
  static final String KEY_ID = "tests-key-id";
  static final String SECRET = "tests-secret-access-key";

  /** Takes what tests write with their own keys. */
  static final String BUCKET = "archive";

  /** Takes what {@link #GRANTED} may write with the operator's keys. */
  static final String PLATFORM_BUCKET = "platform";

  static final OrganizationId GRANTED = new OrganizationId("org-granted");
  static final String GRANTED_PREFIX = "backup/";

  private static final LocalS3 STORE = start();

  private SharedStore() {}

  static LocalS3 store() {
    return STORE;
  }

  /** What the operator of the shared installation allows. */
  static PlatformCredentials platformCredentials() {
    return new PlatformCredentials(
        List.of(
            new PlatformCredentials.Grant(
                GRANTED,
                PLATFORM_BUCKET,
                Optional.of(STORE.endpoint()),
                GRANTED_PREFIX,
                KEY_ID,
                SECRET,
                Optional.empty())));
  }

  private static LocalS3 start() {
    try {
      return LocalS3.start(
          KEY_ID,
          SECRET,
          List.of(BUCKET, PLATFORM_BUCKET),
          Files.createTempFile("waybill-store", ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
