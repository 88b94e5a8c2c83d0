package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.app.telemetry.Telemetry;
import io.waybill.app.telemetry.TelemetryConfig;
import io.waybill.domain.DestinationType;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.NameResolver;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.KeysetException;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A sender without its keys does not come up. */
class SendersTest {
  @TempDir private Path folder;
  private final List<AutoCloseable> started = new ArrayList<>();

  @ParameterizedTest
  @EnumSource(DestinationType.class)
  void thereIsNoSenderWithoutAKeyset(DestinationType type) {
    assertThatThrownBy(() -> make(type, Sending.defaults()))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining(folder.resolve("keyset.json").toString())
        .hasMessageContaining("does not start");
    assertThat(started).isEmpty();
    assertThat(folder.resolve("keyset.json")).as("none is made up").doesNotExist();
  }

  @Test
  void norWithoutTheFileOfPayloadKeysThatIsConfigured() {
    Keyset.generate().save(folder.resolve("keyset.json"));
    Sending sending = Sending.defaults().withPayloadKeys(folder.resolve("payload-keys.json"));
    assertThatThrownBy(() -> make(DestinationType.WEBHOOK, sending))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining(folder.resolve("payload-keys.json").toString());
    assertThat(started).isEmpty();
  }

  private void make(DestinationType type, Sending sending) {
    WaybillConfig config =
        new WaybillConfig(
            EnumSet.allOf(Role.class),
            Map.of("bootstrap.servers", "127.0.0.1:1"),
            Map.of("schema.registry.url", "http://127.0.0.1:1"),
            folder.resolve("keyset.json"),
            folder,
            "test",
            1,
            List.of(),
            0,
            sending);
    try (AddressGuard guard =
            new AddressGuard(NameResolver.ofJdk(), List.of(), AddressGuard.DEFAULT_LOOKUPS);
        Telemetry telemetry = new Telemetry(TelemetryConfig.defaults(), "test")) {
      new Senders(
              config,
              new Codecs(new InMemorySchemaRegistry()),
              guard,
              Clock.systemUTC(),
              started::add,
              telemetry)
          .sender(Role.SENDER_WEBHOOK, type);
    }
  }
}
