package io.waybill.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.app.cli.CliException;
import io.waybill.app.cli.ConnectionTester;
import io.waybill.app.cli.ObjectCleaner;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Outcome;
import io.waybill.domain.RawJson;
import io.waybill.domain.SealedField;
import io.waybill.locals3.LocalS3;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.Sealer;
import io.waybill.secrets.Secret;
import io.waybill.wire.DestinationJson;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A clean-up with the sender's own channel and sealed credentials, in a store we did not write. */
class StoreCleanerTest {
  private static final OrganizationId ORGANIZATION = new OrganizationId("org-cleaned");
  private static final DestinationId ID = new DestinationId("cleaned-1");

  @TempDir Path folder;
  private final Clock now = Clock.systemUTC();
  private final Clock later = Clock.offset(now, Duration.ofDays(3));
  private final List<String> told = new ArrayList<>();
  private final ObjectCleaner.Watcher watcher =
      new ObjectCleaner.Watcher() {
        @Override
        public void due(String key, Instant removableAfter) {
          told.add(key);
        }

        @Override
        public void unfinished(String key, Instant begunAt) {
          throw new AssertionError(key);
        }

        @Override
        public void failed(String key, String why) {
          throw new AssertionError(why);
        }
      };
  private Keyset keyset;

  @BeforeEach
  void makeKeyset() {
    keyset = Keyset.loadOrCreateDevelopment(folder.resolve("keyset.json")).keyset();
  }

  @Test
  void removesWhatTheChannelWroteOnceItsDayHasCome() {
    ConnectionTester.Test written = written("127.0.0.0/8");
    assertThat(new ChannelTester(now).run(written).outcome()).isInstanceOf(Outcome.Delivered.class);
    List<String> keys = keys();
    assertThat(keys).hasSize(1);

    assertThat(run(now, written, true)).isEqualTo(new ObjectCleaner.Result(0, 1, 0, 0, 0, 0));
    assertThat(run(later, written, false)).isEqualTo(new ObjectCleaner.Result(1, 0, 0, 0, 0, 0));
    assertThat(keys()).as("a dry run").isEqualTo(keys);
    assertThat(run(later, written, true)).isEqualTo(new ObjectCleaner.Result(1, 0, 0, 0, 0, 0));

    assertThat(keys()).isEmpty();
    assertThat(told).containsExactly(keys.getFirst(), keys.getFirst());
  }

  @Test
  void theSendersAddressGuardHolds() {
    assertThatThrownBy(() -> run(later, written(), true))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("127.0.0.1 is in");
  }

  private ObjectCleaner.Result run(Clock clock, ConnectionTester.Test written, boolean deletes) {
    return new StoreCleaner(clock)
        .run(
            new ObjectCleaner.Wish(
                written.destination(),
                written.secrets(),
                written.keyset(),
                written.operator(),
                deletes),
            watcher);
  }

  private static List<String> keys() {
    return SharedStore.store().objects(SharedStore.BUCKET).stream()
        .map(LocalS3.StoredObject::key)
        .filter(key -> key.startsWith("cleaned/" + ORGANIZATION + "/"))
        .toList();
  }

  /** What a connection test writes is an object like any other. */
  private ConnectionTester.Test written(String... allowed) {
    DestinationJson.Valid wish =
        (DestinationJson.Valid)
            DestinationJson.parse(
                """
                {"organizationId": "%s", "label": "Store", "type": "storage",
                 "config": {"storage": {"provider": "s3", "path": "/cleaned/{organizationId}/",
                   "retention": {"days": 2, "autoCleanup": true},
                   "config": {"region": "us-east-1", "bucket": "%s", "endpoint": "%s",
                     "accessKeyId": "%s", "secretAccessKey": "%s"}}}}
                """
                    .formatted(
                        ORGANIZATION,
                        SharedStore.BUCKET,
                        SharedStore.store().endpoint(),
                        SharedStore.KEY_ID,
                        SharedStore.SECRET)
                    .getBytes(UTF_8));
    Sealer sealer = new Sealer(keyset);
    List<SealedField> sealed =
        wish.credentials().entrySet().stream()
            .map(each ->
                sealer.seal(
                    ORGANIZATION,
                    ID,
                    wish.spec().config(),
                    each.getKey(),
                    Secret.of(each.getValue())))
            .toList();
    Destination destination =
        new Destination(
            ID,
            ORGANIZATION,
            wish.spec().label(),
            Optional.empty(),
            wish.spec().config(),
            Fallback.none(),
            false,
            true,
            false,
            1,
            Instant.EPOCH,
            Instant.EPOCH);
    return new ConnectionTester.Test(
        destination,
        new DestinationSecrets(ID, ORGANIZATION, 1, sealed),
        Optional.of(keyset),
        new ConnectionTester.Operator(Optional.empty(), List.of(allowed), List.of()),
        RawJson.of("{\"test\":true}"),
        true);
  }
}
