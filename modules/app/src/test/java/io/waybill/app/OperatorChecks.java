package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.app.CommandRig.Ran;
import io.waybill.app.CommandRig.Running;
import io.waybill.domain.Alert;
import io.waybill.domain.AlertKind;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.testkit.ChildJvm;
import io.waybill.wire.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The commands of those who run an installation. */
final class OperatorChecks {
  /** For a JVM's start and what it does, on a machine that does much else. */
  private static final Duration LONG_ENOUGH = Duration.ofMinutes(2);

  private OperatorChecks() {}

  static Map<String, CommandCheck> rows() {
    return Map.ofEntries(
        Map.entry("up", OperatorChecks::up),
        Map.entry("run", OperatorChecks::run),
        Map.entry("topics apply", OperatorChecks::topicsApply),
        Map.entry("topics acls", OperatorChecks::topicsAcls),
        Map.entry("config check", OperatorChecks::configCheck),
        Map.entry("config show", OperatorChecks::configShow),
        Map.entry("top", OperatorChecks::top),
        Map.entry("alerts list", OperatorChecks::alertsList),
        Map.entry("alerts follow", OperatorChecks::alertsFollow),
        Map.entry("schema", OperatorChecks::schema),
        Map.entry("completion", OperatorChecks::completion));
  }

  /** It runs already, as its line said; UpIT stops it. */
  private static void up(CommandRig rig) throws Exception {
    assertThat(statusOf(rig.http() + "/health/ready")).isEqualTo(200);
  }

  private static int statusOf(String url) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(url)).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  private static void run(CommandRig rig) throws Exception {
    String config =
        rig.file(
            "run.yaml",
            """
            profile: development
            kafka: {bootstrap.servers: "%s"}
            schemaRegistry: {schema.registry.url: "%s"}
            keyset: .waybill/keyset.json
            stateDirectory: run-state
            instance: second
            partitions: 3
            httpPort: 0
            """
                .formatted(rig.kafka(), rig.registry()));
    try (ChildJvm run =
        ChildJvm.start(
            ChildJvm.Launch.of(
                Main.class,
                rig.folder().resolve("run.log"),
                "run",
                "--config",
                config,
                "--roles",
                "sender-email"))) {
      Matcher ready =
          run.awaitLine(
              Pattern.compile("^ready kafka=(\\S+) registry=\\S+ http=(\\S+)$"),
              Duration.ofSeconds(120));
      assertThat(ready.group(1)).isEqualTo(rig.kafka());
      assertThat(statusOf(ready.group(2) + "/health/ready")).isEqualTo(200);
      assertThat(run.terminate(CommandRig.SOON)).isEqualTo(143);
    }
  }

  private static void topicsApply(CommandRig rig) {
    JsonNode json =
        rig.run(
                "topics",
                "apply",
                "--bootstrap-server",
                rig.kafka(),
                "--partitions",
                "3",
                "--replication-factor",
                "1",
                "-o",
                "json")
            .ok()
            .json();

    assertThat(json)
        .anySatisfy(row -> {
          assertThat(row.path("topic").asText()).isEqualTo(Topics.REQUESTS);
          assertThat(row.path("finding").asText()).isEqualTo("as-wanted");
        });
  }

  private static void topicsAcls(CommandRig rig) {
    JsonNode json = rig.run("topics", "acls", "--role", "timer", "-o", "json").ok().json();

    assertThat(json)
        .anySatisfy(row -> {
          assertThat(row.path("principal").asText()).isEqualTo("User:waybill-timer");
          assertThat(row.path("name").asText()).isEqualTo(Topics.CONTROL);
          assertThat(row.path("operations").path(0).asText()).isEqualTo("Read");
        });
  }

  private static String config(CommandRig rig, String profile) {
    return rig.file(
        "config.yaml",
        """
        profile: %s
        kafka: {bootstrap.servers: "%s", sasl.jaas.config: "password=open-sesame"}
        schemaRegistry: {schema.registry.url: "%s"}
        keyset: .waybill/keyset.json
        stateDirectory: config-state
        instance: third
        partitions: 3
        """
            .formatted(profile, rig.kafka(), rig.registry()));
  }

  private static void configCheck(CommandRig rig) {
    String development = config(rig, "development");
    JsonNode good =
        rig.run("config", "check", "--config", development, "--connect", "-o", "json").ok().json();
    assertThat(good.path("ok").booleanValue()).isTrue();

    Ran weak = rig.run("config", "check", "--config", config(rig, "production"), "--connect");
    assertThat(weak.exitCode()).isEqualTo(1);
    assertThat(weak.err()).contains("number of brokers is 1, must be at least 3");

    Ran wrong = rig.run("config", "check", "--config", config(rig, "prod"));
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err()).contains("profile must be production or development");
  }

  private static void configShow(CommandRig rig) {
    Ran shown =
        rig.run("config", "show", "--config", config(rig, "development"), "-o", "json").ok();

    assertThat(shown.out()).doesNotContain("open-sesame");
    assertThat(shown.json())
        .anySatisfy(value -> {
          assertThat(value.path("key").asText()).isEqualTo("instance");
          assertThat(value.path("value").asText()).isEqualTo("third");
          assertThat(value.path("source").asText()).isEqualTo("file");
        });
  }

  private static void top(CommandRig rig) {
    String organization = "org-top";
    String id = rig.destination(organization, "watched");
    Running running = rig.start("top", "--once", "--interval", "8s", "-o", "json");
    long deadline = System.nanoTime() + LONG_ENOUGH.toNanos();
    // Whether it ended in time is asked below, by await.
    while (!running.isDone() && System.nanoTime() < deadline) {
      rig.ended(organization, id);
    }
    Ran once = running.await().ok();
    Ran blocks = rig.run("top", "--count", "2", "--interval", "200ms", "--org", organization).ok();

    JsonNode json = once.json();
    assertThat(once.out().lines()).hasSize(1);
    assertThat(json.at("/types/webhook/deliveriesPerSecond").doubleValue()).isPositive();
    assertThat(json.at("/requests/acceptedPerSecond").doubleValue()).isPositive();
    assertThat(json.at("/types/webhook/lag").isIntegralNumber()).isTrue();
    assertThat(json.at("/types/email/parked").longValue()).isZero();
    assertThat(json.at("/behind/" + Topics.REQUESTS).isIntegralNumber()).isTrue();
    assertThat(json.has("problem")).isFalse();
    assertThat(json.path("destinations"))
        .anySatisfy(one -> assertThat(one.path("destinationId").asText()).isEqualTo(id));
    assertThat(blocks.out()).doesNotContain("\u001b");
    assertThat(blocks.out().lines().filter(line -> line.startsWith("waybill top "))).hasSize(2);
    assertThat(blocks.out().lines().filter(line -> line.contains("  webhook  ")))
        .as("this organization's destinations only")
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).startsWith(id));
    if (Files.isExecutable(Path.of("/usr/bin/script"))) {
      topOnATerminal(rig);
    }
  }

  /** The first look clears the screen, the second is written over it. */
  private static void topOnATerminal(CommandRig rig) {
    String out = rig.runOnTerminal("top", "--count", "2", "--interval", "200ms").ok().out();

    String home = "\u001b[H";
    assertThat(out).startsWith("\u001b[2J" + home);
    assertThat(out.split(Pattern.quote(home), -1)).hasSize(3);
    assertThat(out.split(Pattern.quote("waybill top "), -1)).hasSize(3);
  }

  private static Alert alert(String organization) {
    return new Alert(
        UUID.randomUUID(),
        new OrganizationId(organization),
        new DestinationId("siem"),
        Optional.of("SIEM"),
        AlertKind.DISABLED,
        Alert.Severity.HIGH,
        "destination siem (SIEM): look at it",
        OptionalDouble.of(0.2),
        OptionalDouble.of(0.1),
        Instant.now());
  }

  private static void publish(CommandRig rig, Alert alert) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", rig.kafka()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  Topics.ALERTS,
                  alert.organizationId().value(),
                  rig.codecs().alerts().encode(Topics.ALERTS, alert)))
          .get();
    }
  }

  private static void alertsList(CommandRig rig) throws Exception {
    Alert alert = alert("org-alerts");
    publish(rig, alert);
    publish(rig, alert("org-other-alerts"));

    JsonNode json = rig.run("alerts", "list", "--org", "org-alerts", "-o", "json").ok().json();

    assertThat(json).hasSize(1);
    assertThat(json.get(0).path("alertId").asText()).isEqualTo(alert.alertId().toString());
  }

  private static void alertsFollow(CommandRig rig) throws Exception {
    Alert alert = alert("org-follow");
    Running following =
        rig.start("alerts", "follow", "--org", "org-follow", "--count", "1", "-o", "json");
    long deadline = System.nanoTime() + LONG_ENOUGH.toNanos();
    while (!following.isDone() && System.nanoTime() < deadline) {
      // Until it stands at the end of the topic, it does not see them.
      publish(rig, alert("org-other-follow"));
      publish(rig, alert);
    }

    JsonNode json = following.await().ok().json();

    assertThat(json.path("alertId").asText()).isEqualTo(alert.alertId().toString());
  }

  private static void schema(CommandRig rig) {
    assertThat(rig.run("schema", "request").ok().json().path("$schema").asText())
        .contains("json-schema.org");
  }

  private static void completion(CommandRig rig) throws Exception {
    Ran script = rig.run("completion", "bash").ok();
    Files.writeString(rig.folder().resolve("completion.sh"), script.out());
    String press =
        """
        source completion.sh
        COMP_WORDS=(waybill dest); COMP_CWORD=1; COMP_LINE='waybill dest'; COMP_POINT=12
        $(complete -p waybill | sed 's/.* -F \\([^ ]*\\) .*/\\1/') waybill dest waybill
        echo "${COMPREPLY[*]}"
        """;
    Path answer = rig.folder().resolve("completion.out");
    Process bash =
        new ProcessBuilder("bash", "-c", press)
            .directory(rig.folder().toFile())
            .redirectErrorStream(true)
            // A pipe would have to be read before the wait, and reading has no limit.
            .redirectOutput(answer.toFile())
            .start();
    if (!bash.waitFor(CommandRig.SOON.toMillis(), TimeUnit.MILLISECONDS)) {
      bash.destroyForcibly();
      throw new AssertionError("still runs: " + Files.readString(answer));
    }
    assertThat(Files.readString(answer).strip()).isEqualTo("destinations");
  }
}
