package io.waybill.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import java.time.InstantSource;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.junit.jupiter.api.Test;

/** Names that live on in a cluster: renaming a store would lose what it remembers. */
class TopologyShapeTest {
  private final Topology topology =
      new FanOutTopology(
              new Codecs(new InMemorySchemaRegistry()),
              InstantSource.system(),
              FanOutConfig.defaults("id", 3))
          .build();

  @Test
  void isOneSubTopologySoThatBothTopicsShareTheClaims() {
    Set<TopologyDescription.Subtopology> subtopologies = topology.describe().subtopologies();

    assertThat(subtopologies).hasSize(1);
    Set<String> sources =
        subtopologies.iterator().next().nodes().stream()
            .filter(TopologyDescription.Source.class::isInstance)
            .flatMap(node -> ((TopologyDescription.Source) node).topicSet().stream())
            .collect(Collectors.toSet());
    assertThat(sources).containsExactlyInAnyOrder(Topics.REQUESTS, Topics.FAN_OUT_REKEYED);
  }

  @Test
  void keepsTheNamesOfItsStoresAndNodes() {
    assertThat(FanOutTopology.APPLICATION_ID).isEqualTo("waybill.fan-out");
    TopologyDescription description = topology.describe();
    Set<String> nodes =
        description.subtopologies().iterator().next().nodes().stream()
            .map(TopologyDescription.Node::name)
            .collect(Collectors.toSet());
    assertThat(nodes)
        .containsExactlyInAnyOrder(
            "requests",
            "passed-on",
            "fan-out",
            "tasks",
            "parked-tasks",
            "events",
            "dead-letters",
            "audit",
            "rekeyed");
    assertThat(
            description.subtopologies().iterator().next().nodes().stream()
                .filter(TopologyDescription.Processor.class::isInstance)
                .flatMap(node -> ((TopologyDescription.Processor) node).stores().stream()))
        .containsExactlyInAnyOrder("claims", "held");
    assertThat(description.globalStores())
        .singleElement()
        .satisfies(global -> {
          assertThat(global.source().topicSet()).containsExactly(Topics.DESTINATIONS);
          assertThat(global.processor().stores()).containsExactly("destinations");
        });
  }
}
