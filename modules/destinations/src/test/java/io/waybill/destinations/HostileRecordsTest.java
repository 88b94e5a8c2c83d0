package io.waybill.destinations;

import static io.waybill.destinations.Samples.ORG;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.wire.Codecs;
import io.waybill.wire.HostileRecords;
import io.waybill.wire.HostileRecords.Hostile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is in the shape of a command, the next command is answered. */
class HostileRecordsTest {
  @TempDir Path folder;

  @Test
  void noCommandEndsTheTopology() {
    List<DestinationCommand.Action> actions =
        List.of(
            Samples.create("reports"),
            new DestinationCommand.Disable(OptionalLong.of(1), Optional.of("it is gone")),
            new DestinationCommand.SetDefault(true, OptionalLong.of(1)));
    List<Hostile> records =
        actions.stream()
            .map(Samples::command)
            .flatMap(command -> HostileRecords.of(Codecs::destinationCommands, command).stream())
            .toList();

    List<String> broken =
        HostileRecords.breaking(
            records,
            () ->
                new TopologyFixture(
                    folder.resolve(UUID.randomUUID().toString()), DestinationsConfig.defaults()),
            (waybill, record) -> {
              waybill.sendRaw(ORG.value(), record.value(waybill.registry));
              waybill.advance(Duration.ofMinutes(5));
              waybill.skip();
              DestinationCommand next =
                  new DestinationCommand(
                      UUID.randomUUID(),
                      ORG,
                      new DestinationId(UUID.randomUUID().toString()),
                      "ann",
                      waybill.now(),
                      new DestinationCommand.Enable(OptionalLong.empty()));
              assertThat(waybill.answer(next)).isNotNull();
              waybill.skip();
            });

    assertThat(broken).isEmpty();
    assertThat(records).hasSizeGreaterThan(100);
  }
}
