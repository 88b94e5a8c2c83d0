package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.StorageConfig;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a topic keeps of a store. */
class StorageCodecTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());

  @ParameterizedTest
  @EnumSource(StorageConfig.Retention.Mode.class)
  void keepsAllOfAStore(StorageConfig.Retention.Mode mode) throws UndecodableException {
    assertKept(
        new StorageConfig(
            StorageConfig.Provider.S3,
            "us-east-1",
            "archive",
            Optional.of(URI.create("https://s3.example.com")),
            true,
            "/a/{year}/",
            "aws:kms",
            Optional.of("alias/audit"),
            Optional.of("GLACIER"),
            Optional.of("arn:aws:iam::123456789012:role/archive"),
            Map.of("data class", "phi"),
            Optional.of(new StorageConfig.Retention(2555, true, mode)),
            Map.of("team", "audit"),
            StorageConfig.Credentials.SESSION,
            TIMEOUT,
            Optional.empty()));
  }

  @Test
  void keepsALocalFolder() throws UndecodableException {
    assertKept(StorageConfig.local("archive", "a/", TIMEOUT, Optional.empty()));
  }

  private void assertKept(StorageConfig config) throws UndecodableException {
    Destination destination =
        new Destination(
            new DestinationId("archive-1"),
            new OrganizationId("hospital-001"),
            "archive",
            Optional.empty(),
            config,
            Fallback.none(),
            false,
            true,
            false,
            1,
            Instant.EPOCH,
            Instant.EPOCH);

    byte[] bytes = codecs.destinations().encode(Topics.DESTINATIONS, destination);

    assertThat(codecs.destinations().decode(bytes).config()).isEqualTo(config);
  }
}
