package io.waybill.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.app.ConfigFile;
import io.waybill.app.Role;
import io.waybill.app.WaybillConfig;
import io.waybill.guard.Cidr;
import io.waybill.testkit.KafkaImage;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whether the parts of docker-compose.yml fit together: brokers, configuration, networks, volumes.
 */
class ComposeClusterTest {
  private static final Path TOP = Path.of("..", "..");
  private static final Path DEPLOY = TOP.resolve("deploy/compose");
  private static final String CONFIG_MOUNT = "/etc/waybill/waybill.yaml";

  private static ComposeFile file;
  private static WaybillConfig config;

  @BeforeAll
  static void read() throws IOException {
    file = ComposeFile.read(TOP.resolve("docker-compose.yml"));
    config = ConfigFile.read(DEPLOY.resolve("waybill.yaml"));
  }

  @Test
  void everyVariableOfABrokerIsAPropertyThatKafkaKnows() {
    assertThat(file.brokers())
        .allSatisfy(broker -> {
          Properties properties = KafkaImage.properties(broker.environment());
          assertThat(AbstractKafkaConfig.CONFIG_DEF.names())
              .containsAll(properties.stringPropertyNames());
          // Kafka's own checks of them all together: listeners, voters, roles.
          assertThat(KafkaConfig.fromProps(properties)).isNotNull();
        });
  }

  @Test
  void anAcknowledgedRecordIsOnTwoBrokers() {
    Map<String, String> promised =
        new TreeMap<>(
            Map.of(
                "default.replication.factor", "3",
                "min.insync.replicas", "2",
                "unclean.leader.election.enable", "false",
                "auto.create.topics.enable", "false",
                "offsets.topic.replication.factor", "3",
                "transaction.state.log.replication.factor", "3",
                "transaction.state.log.min.isr", "2"));

    assertThat(file.brokers())
        .hasSize(3)
        .allSatisfy(broker ->
            assertThat(KafkaImage.properties(broker.environment())).containsAllEntriesOf(promised));
    assertThat(file.service("topics").option("--replication-factor")).isEqualTo("3");
    assertThat(file.brokers()).extracting(broker -> broker.text("restart")).doesNotContain("no");
  }

  @Test
  void theBrokersAreOneClusterAndDiffer() {
    List<String> voters = new ArrayList<>();
    for (ComposeFile.Service broker : file.brokers()) {
      Properties properties = KafkaImage.properties(broker.environment());
      voters.add(properties.getProperty("node.id") + "@" + broker.name() + ":9093");
      assertThat(broker.text("hostname"))
          .as("the health check looks for this name")
          .isEqualTo(broker.name());
      assertThat(properties.getProperty("advertised.listeners"))
          .startsWith("INTERNAL://" + broker.name() + ":9092,");
      assertThat(broker.mounts())
          .as("the log survives the container")
          .containsEntry(properties.getProperty("log.dirs"), broker.name());
    }
    assertThat(file.brokers())
        .allSatisfy(broker -> {
          Map<String, String> environment = broker.environment();
          assertThat(environment.get("KAFKA_CONTROLLER_QUORUM_VOTERS").split(","))
              .containsExactlyInAnyOrderElementsOf(voters);
          assertThat(environment)
              .containsEntry("CLUSTER_ID", file.brokers().get(0).environment().get("CLUSTER_ID"));
        });
    assertThat(voters).doesNotHaveDuplicates();
  }

  @Test
  void theConfigurationNamesTheServices() {
    String inside =
        file.brokers().stream()
            .map(broker -> broker.name() + ":9092")
            .collect(Collectors.joining(","));
    assertThat(config.roles()).as("--roles chooses among them").isEqualTo(Role.all());
    assertThat(config.kafka()).containsExactly(Map.entry("bootstrap.servers", inside));
    assertThat(file.service("topics").option("--bootstrap-server")).isEqualTo(inside);
    assertThat(file.service("registry").environment())
        .containsEntry("APICURIO_KAFKASQL_BOOTSTRAP_SERVERS", inside);
    assertThat(file.service("topics").option("--partitions"))
        .isEqualTo(Integer.toString(config.partitions()));

    URI registry = URI.create(config.schemaRegistry().get("schema.registry.url"));
    assertThat(file.service(registry.getHost()).texts("ports"))
        .as("the port that it listens on")
        .singleElement()
        .asString()
        .endsWith(":" + registry.getPort());
    assertThat(file.roles())
        .allSatisfy(role -> {
          assertThat(role.option("--config")).isEqualTo(CONFIG_MOUNT);
          assertThat(role.mounts()).containsEntry(CONFIG_MOUNT, "./deploy/compose/waybill.yaml");
          assertThat(ComposeFile.list(ComposeFile.map(role.keys().get("healthcheck")).get("test")))
              .contains("http://127.0.0.1:" + config.httpPort() + "/health/ready");
        });
  }

  @Test
  void clientsOnThisMachineFindWhatIsPublished() throws IOException {
    Properties client = new Properties();
    try (Reader reader = Files.newBufferedReader(DEPLOY.resolve("client.properties"))) {
      client.load(reader);
    }
    List<String> published =
        file.brokers().stream()
            .map(broker -> broker.texts("ports").get(0).replaceAll(":\\d+$", ""))
            .toList();
    assertThat(client.getProperty("bootstrap.servers").split(","))
        .containsExactlyElementsOf(published);
    assertThat(file.brokers())
        .extracting(broker ->
            broker.environment().get("KAFKA_ADVERTISED_LISTENERS").replaceAll(".*HOST://", ""))
        .containsExactlyElementsOf(published);
    assertThat(client.getProperty("schema.registry.url"))
        .isEqualTo(
            "http://"
                + file.service("registry").texts("ports").get(0).replaceAll(":\\d+$", "")
                + URI.create(config.schemaRegistry().get("schema.registry.url")).getPath());
  }

  @Test
  void onlySendersHaveTheKeysAndReachTheReceivers() {
    String keys = config.keyset().getParent().toString();
    for (ComposeFile.Service role : file.roles()) {
      boolean sends = role.name().startsWith("sender-");
      assertThat(role.mounts().containsKey(keys))
          .as("%s has the keys", role.name())
          .isEqualTo(sends);
      assertThat(role.waitsFor().containsKey("keyset")).as(role.name()).isEqualTo(sends);
      assertThat(role.texts("networks").contains("receivers")).as(role.name()).isEqualTo(sends);
      assertThat(role.texts("networks")).contains("pipeline");
    }
    assertThat(file.service("keyset").texts("entrypoint"))
        .last()
        .isEqualTo(config.keyset().toString());
    assertThat(file.service("keyset").mounts()).containsKey(keys);
  }

  @Test
  void theGuardAllowsTheReceiversAndNothingOfThePipeline() {
    Map<String, Object> receivers = ComposeFile.map(file.section("networks").get("receivers"));
    Object first = ((List<?>) ComposeFile.map(receivers.get("ipam")).get("config")).get(0);
    assertThat(config.allowCidrs())
        .containsExactly(Cidr.parse(ComposeFile.map(first).get("subnet").toString()));
    for (ComposeFile.Service service : file.services()) {
      Set<String> networks = Set.copyOf(service.texts("networks"));
      if (networks.contains("receivers") && !service.name().startsWith("sender-")) {
        assertThat(networks).as(service.name()).containsExactly("receivers");
      }
    }
  }

  @Test
  void stateIsKeptInVolumesOfItsOwn() {
    List<String> used = new ArrayList<>();
    for (ComposeFile.Service service : file.services()) {
      service.mounts().values().stream()
          .filter(source -> !source.startsWith("."))
          .forEach(used::add);
    }
    assertThat(Set.copyOf(used))
        .containsExactlyInAnyOrderElementsOf(file.section("volumes").keySet());
    List<String> states =
        Arrays.stream(Role.values())
            .filter(role -> !role.word().startsWith("sender-"))
            .map(role -> file.service(role.word()).mounts().get(config.stateDirectory().toString()))
            .toList();
    assertThat(states).doesNotContainNull().doesNotHaveDuplicates();
  }
}
