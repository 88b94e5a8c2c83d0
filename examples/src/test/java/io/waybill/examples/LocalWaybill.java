package io.waybill.examples;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.waybill.app.EmbeddedDefault;
import io.waybill.app.EmbeddedEndpoint;
import io.waybill.app.Sending;
import io.waybill.channel.storage.PlatformCredentials;
import io.waybill.client.WaybillClient;
import io.waybill.client.WaybillClientBuilder;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RetryPolicy;
import io.waybill.guard.Cidr;
import io.waybill.locals3.LocalS3;
import io.waybill.sender.BreakerPolicy;
import io.waybill.testkit.HttpSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A whole Waybill in this JVM and what it delivers to. Tests share one and keep apart by
 * organization and path; it ends with the JVM.
 */
final class LocalWaybill {
  static final String ACCESS_KEY_ID = "EXAMPLES0123456789AB";
  static final String SECRET_ACCESS_KEY = "0123456789abcdef0123456789abcdef01234567";
  static final String ARCHIVE = "hospital-hipaa-audit-archive";
  static final String BACKUP = "enterprise-audit-backup";

  private static @Nullable LocalWaybill shared;

  private final EmbeddedDefault waybill;
  private final EmbeddedEndpoint endpoint;
  private final HttpSink http = HttpSink.start();
  private final GreenMail mail =
      new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
  private final LocalS3 store;

  private LocalWaybill(Path folder) {
    mail.start();
    store =
        LocalS3.start(
            ACCESS_KEY_ID, SECRET_ACCESS_KEY, List.of(ARCHIVE, BACKUP), folder.resolve("s3.log"));
    waybill =
        new EmbeddedDefault(
            folder.resolve("data"), 0, 0, 0, List.of(Cidr.parse("127.0.0.0/8")), sending());
    endpoint = waybill.start().endpoint();
  }

  /**
   * The tutorial's settings of retries and breakers, and the operator's own keys for its backup.
   */
  private Sending sending() {
    return new Sending(
        new RetryPolicy(
            3, Duration.ofSeconds(1), 2, Duration.ofSeconds(30), 0.1, Duration.ofHours(24)),
        new BreakerPolicy(5, Duration.ofMinutes(1)),
        Set.of("127.0.0.1"),
        new PlatformCredentials(
            List.of(
                new PlatformCredentials.Grant(
                    new OrganizationId("enterprise-001"),
                    BACKUP,
                    Optional.of(store.endpoint()),
                    "backup/",
                    ACCESS_KEY_ID,
                    SECRET_ACCESS_KEY,
                    Optional.empty()))));
  }

  /** The one of this JVM. */
  static synchronized LocalWaybill shared() {
    LocalWaybill present = shared;
    if (present != null) {
      return present;
    }
    try {
      LocalWaybill started = new LocalWaybill(Files.createTempDirectory("waybill-examples"));
      shared = started;
      Runtime.getRuntime().addShutdownHook(new Thread(started::close));
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void close() {
    waybill.close();
    store.close();
    mail.stop();
    http.close();
  }

  /** A client of all that there is. */
  WaybillClient client() {
    return builder().keyset(endpoint.keyset()).build();
  }

  /** Where Kafka and the registry are. */
  WaybillClientBuilder builder() {
    return WaybillClient.builder()
        .bootstrapServers(endpoint.bootstrapServers())
        .schemaRegistry(endpoint.registryUrl())
        .actor("tests");
  }

  EmbeddedEndpoint endpoint() {
    return endpoint;
  }

  HttpSink http() {
    return http;
  }

  GreenMail mail() {
    return mail;
  }

  LocalS3 store() {
    return store;
  }

  /** An organization that no other test uses. */
  static String newOrganization() {
    return "org-" + UUID.randomUUID();
  }

  /** A path of the receiver that no other test uses. */
  static String newPath() {
    return "/" + UUID.randomUUID();
  }
}
