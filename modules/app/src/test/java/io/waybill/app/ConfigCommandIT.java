package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.testkit.ChildJvm;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code waybill config}, with the environment of a process, and on a real broker. */
class ConfigCommandIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path folder;

  /** What a command left behind. */
  private record Ran(int exitCode, String out, String err) {
    JsonNode json() throws IOException {
      return new ObjectMapper().readTree(out);
    }
  }

  @Test
  void aProcessShowsWhatHoldsWithItsEnvironmentOverTheFile() throws Exception {
    Path file = config(ConfigFileTest.LEAST);
    try (ChildJvm child =
        ChildJvm.start(
            ChildJvm.Launch.of(
                    Main.class,
                    folder.resolve("log"),
                    "config",
                    "show",
                    "--config",
                    file.toString())
                .withEnvironment(
                    Map.of(
                        "WAYBILL__PARTITIONS", "6",
                        "WAYBILL__KAFKA__SASL_JAAS_CONFIG", "password=open-sesame",
                        "WAYBILL_OPTS", "-Xmx64m")))) {
      assertThat(child.awaitExit(SOON)).isZero();
      assertThat(child.lines())
          .anySatisfy(line -> assertThat(line).matches("partitions +WAYBILL__PARTITIONS +6"))
          .anySatisfy(line ->
              assertThat(line)
                  .matches("kafka\\.sasl\\.jaas\\.config +WAYBILL__KAFKA__SASL_JAAS_CONFIG +\\*+"))
          .anySatisfy(line -> assertThat(line).matches("instance +file +node-1"))
          .anySatisfy(line -> assertThat(line).matches("profile +default +production"))
          .noneSatisfy(line -> assertThat(line).contains("open-sesame"));
    }
  }

  @Test
  void aProcessRefusesItsEnvironmentWithEverythingElseThatIsWrong() throws Exception {
    Path file = config("partitions: 0\n");
    try (ChildJvm child =
        ChildJvm.start(
            ChildJvm.Launch.of(
                    Main.class,
                    folder.resolve("log"),
                    "config",
                    "check",
                    "--config",
                    file.toString())
                .withEnvironment(Map.of("WAYBILL__INSTANC", "x")))) {
      assertThat(child.awaitExit(SOON)).isEqualTo(2);
      assertThat(String.join("\n", child.lines()))
          .contains("partitions must be at least 1")
          .contains("keyset is missing")
          .contains("WAYBILL__INSTANC is the variable of no key; did you mean WAYBILL__INSTANCE?");
    }
  }

  @Test
  void whatIsInOrderIsSaidAndWhatIsNotIsListedForPrograms() throws IOException {
    Ran good = run("config", "check", "--config", config(ConfigFileTest.LEAST).toString());
    assertThat(good.exitCode()).isZero();
    assertThat(good.out()).contains("waybill.yaml is in order");

    Ran bad =
        run(
            "config",
            "check",
            "--output",
            "json",
            "--config",
            config(ConfigFileTest.LEAST + "profil: x\n").toString());
    assertThat(bad.exitCode()).isEqualTo(2);
    assertThat(bad.json().get("ok").booleanValue()).isFalse();
    assertThat(bad.json().get("problems").get(0).get("key").textValue()).isEqualTo("profil");
    assertThat(bad.err()).contains("did you mean profile?");

    Ran none = run("config", "check", "--config", folder.resolve("none.yaml").toString());
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("none.yaml cannot be read");
  }

  @Test
  void productionRefusesOneBrokerAndNamesAllThatIsTooWeakAtOnce() throws IOException {
    // So that the topics are there, whoever comes first.
    String servers = Installation.shared().bootstrapServers();
    Path file = config(yaml(servers, "production"));

    Ran ran = run("config", "check", "--connect", "--output", "json", "--config", file.toString());

    assertThat(ran.exitCode()).isEqualTo(1);
    List<String> weaknesses =
        StreamSupport.stream(ran.json().get("weaknesses").spliterator(), false)
            .map(weakness ->
                weakness.get("places").get(0).textValue()
                    + ": "
                    + weakness.get("setting").textValue()
                    + " "
                    + weakness.get("found").textValue())
            .toList();
    assertThat(weaknesses)
        .contains(
            "the cluster: number of brokers 1",
            "waybill.alerts: replication factor 1",
            "waybill.alerts: min.insync.replicas 1",
            "__transaction_state: replication factor 1",
            "__consumer_offsets: replication factor 1");
    JsonNode replicas =
        StreamSupport.stream(ran.json().get("weaknesses").spliterator(), false)
            .filter(weakness -> weakness.get("setting").textValue().equals("replication factor"))
            .filter(weakness -> weakness.get("places").size() > 10)
            .findFirst()
            .orElseThrow();
    assertThat(replicas.get("places").toString())
        .as("topics of stores, too")
        .contains("waybill.fan-out-claims-changelog", "waybill.requests", "waybill.status");
    assertThat(replicas.get("toDo").textValue()).contains("kafka-reassign-partitions");
    assertThat(ran.err()).contains("profile production").contains("`profile: development`");

    try (WaybillProcess process =
        new WaybillProcess(ConfigFile.read(file, Map.of()), WaybillProcess.Topics.REQUIRE)) {
      assertThatThrownBy(process::start)
          .as("as a start does")
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the cluster: number of brokers is 1, must be at least 3")
          .hasMessageContaining("__transaction_state: replication factor is 1");
    }
  }

  @Test
  void developmentTakesTheSameBrokerAsItIs() throws IOException {
    String servers = Installation.shared().bootstrapServers();

    Ran ran =
        run(
            "config",
            "check",
            "--connect",
            "--config",
            config(yaml(servers, "development")).toString());

    assertThat(ran.err()).isEmpty();
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).contains("and so is Kafka");

    Path withSender = config(yaml(servers, "development").replace("fan-out", "sender-webhook"));
    Ran keyless = run("config", "check", "--connect", "--config", withSender.toString());
    assertThat(keyless.exitCode()).isEqualTo(2);
    assertThat(keyless.err()).contains("keys.json");
  }

  @Test
  void applyReportsWhatDiffersAndAltersNothing() throws IOException {
    String servers = Installation.shared().bootstrapServers();
    String[] apply = {
      "topics",
      "apply",
      "--config",
      config(yaml(servers, "development").replace("partitions: 3", "partitions: 4")).toString(),
      "--replication-factor",
      "1",
      "--dry-run",
      "--output",
      "json"
    };

    Ran ran = run(apply);

    assertThat(ran.exitCode()).isEqualTo(1);
    JsonNode requests =
        StreamSupport.stream(ran.json().spliterator(), false)
            .filter(row -> row.get("topic").textValue().equals("waybill.requests"))
            .findFirst()
            .orElseThrow();
    assertThat(requests.get("finding").textValue()).isEqualTo("different-partitions");
    assertThat(requests.get("differences").get(0).get("found").textValue()).isEqualTo("3");
    assertThat(ran.err()).contains("cannot be changed on a live installation");
    assertThat(run(apply).json()).as("nothing was changed").isEqualTo(ran.json());
  }

  private Path config(String yaml) throws IOException {
    return Files.writeString(folder.resolve("waybill.yaml"), yaml);
  }

  private static String yaml(String servers, String profile) {
    return ConfigFileTest.LEAST.replace("kafka:9092", servers)
        + "roles: [fan-out]\npartitions: 3\nhttpPort: 0\nprofile: "
        + profile
        + "\n";
  }

  private static Ran run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    return new Ran(exitCode, out.toString(), err.toString());
  }
}
