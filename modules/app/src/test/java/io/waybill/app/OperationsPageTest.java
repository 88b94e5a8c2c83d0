package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.destinations.DestinationsConfig;
import io.waybill.destinations.DestinationsTopology;
import io.waybill.destinations.OperatorRules;
import io.waybill.fanout.FanOutConfig;
import io.waybill.fanout.FanOutTopology;
import io.waybill.status.StatusConfig;
import io.waybill.status.StatusTopology;
import io.waybill.timer.TimerConfig;
import io.waybill.timer.TimerTopology;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.TopicCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.junit.jupiter.api.Test;

/** The handbook's table of changelogs against the topologies' own descriptions. */
class OperationsPageTest {
  private static final Pattern ROW =
      Pattern.compile("^\\| `(waybill\\.[a-z-]+)` \\| `([a-z-]+)` \\|", Pattern.MULTILINE);

  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());
  private final Clock clock = Clock.systemUTC();

  @Test
  void theTableHasEveryStoreThatHasAChangelog() throws IOException {
    List<String> stores =
        Stream.of(
                stores(
                    DestinationsTopology.APPLICATION_ID,
                    new DestinationsTopology(
                            codecs, clock, DestinationsConfig.defaults(), OperatorRules.none())
                        .build()),
                stores(
                    FanOutTopology.APPLICATION_ID,
                    new FanOutTopology(
                            codecs,
                            clock,
                            FanOutConfig.defaults("topic-id", TopicCatalog.EMBEDDED_PARTITIONS))
                        .build()),
                stores(
                    TimerTopology.APPLICATION_ID,
                    new TimerTopology(Role.SENT_TYPES, codecs, TimerConfig.defaults()).build()),
                stores(
                    StatusTopology.APPLICATION_ID,
                    new StatusTopology(codecs, clock, StatusConfig.defaults(Role.SENT_TYPES))
                        .build()))
            .flatMap(stream -> stream)
            .toList();
    List<String> documented =
        ROW.matcher(Files.readString(Path.of("..", "..", "docs", "operations.md")))
            .results()
            .map(row -> row.group(1) + " " + row.group(2))
            .toList();

    assertThat(documented).containsExactlyInAnyOrderElementsOf(stores);
  }

  /** Global stores, which have none, are no part of a sub-topology. */
  private static Stream<String> stores(String application, Topology topology) {
    return topology.describe().subtopologies().stream()
        .flatMap(part -> part.nodes().stream())
        .filter(TopologyDescription.Processor.class::isInstance)
        .flatMap(node -> ((TopologyDescription.Processor) node).stores().stream())
        .distinct()
        .map(store -> application + " " + store);
  }
}
