package io.waybill.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.app.cli.Cli.Ran;
import io.waybill.domain.Alert;
import io.waybill.domain.AlertKind;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationType;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Outcome;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.SealedField;
import io.waybill.domain.Task;
import io.waybill.embedded.EmbeddedBroker;
import io.waybill.embedded.EmbeddedBrokerConfig;
import io.waybill.embedded.EmbeddedRegistry;
import io.waybill.embedded.EmbeddedRegistryConfig;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.PayloadKeyFile;
import io.waybill.secrets.PayloadKeys;
import io.waybill.secrets.PayloadOpener;
import io.waybill.secrets.PayloadOpening;
import io.waybill.secrets.Resealer;
import io.waybill.testkit.TestTopics;
import io.waybill.testkit.TopicReader;
import io.waybill.wire.Codecs;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.DecodedRequest;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.RequestKeys;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.TopicSpec;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a real broker and registry; the topologies' answers are played. */
class CliIT {
  private static final String SIEM =
      """
      {"organizationId": "hospital-001", "label": "%s", "type": "webhook",
       "config": {"webhook": {"url": "https://siem.hospital.com/api?token=hidden",
         "headers": {"Authorization": "Bearer s3cr3t-value"}, "timeout": 15000}}}
      """;

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static EmbeddedRegistry registry;
  private static Codecs codecs;
  private static Answerer answerer;
  private static String kafka;

  @BeforeAll
  static void start() throws Exception {
    // Not the shared broker: there the real topologies answer on the same topics.
    broker = new EmbeddedBroker(new EmbeddedBrokerConfig(folder.resolve("data"), 0));
    broker.start();
    kafka = broker.bootstrapServers();
    for (TopicSpec topic :
        TopicCatalog.topics(TopicCatalog.EMBEDDED_PARTITIONS, Set.of(DestinationType.WEBHOOK))) {
      TestTopics.create(kafka, topic.name(), topic.partitions(), topic.configs());
    }
    registry = new EmbeddedRegistry(new EmbeddedRegistryConfig(folder.resolve("data"), 0));
    registry.start();
    codecs = new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", registry.url())));
    Keyset.loadOrCreateDevelopment(folder.resolve("data/keyset.json"));
    Files.writeString(
        folder.resolve("data/endpoint.properties"),
        "bootstrap.servers=%s\nschema.registry.url=%s\nkeyset=%s\nallow.cidrs=127.0.0.0/8,fd00::/8\n"
            .formatted(kafka, registry.url(), folder.resolve("data/keyset.json")));
    answerer = new Answerer(kafka, codecs);
  }

  @AfterAll
  static void stop() {
    answerer.close();
    registry.close();
    broker.close();
  }

  private static Ran run(String... arguments) {
    return runWithInput("", arguments);
  }

  private static Ran runWithInput(String input, String... arguments) {
    return run(Cli.in(folder), input, arguments);
  }

  private static Ran run(Cli cli, String input, String... arguments) {
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--data-dir";
    all[arguments.length + 1] = "data";
    return cli.runWithInput(input, all);
  }

  private static String ok(Ran ran) {
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    return ran.out().strip();
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    return TopicReader.readAll(kafka, topic);
  }

  @Test
  void createsUpdatesAndLeavesAloneADestination() throws Exception {
    String json = SIEM.formatted("apply");

    String id = ok(runWithInput(json, "destinations", "apply", "-f", "-", "-o", "id"));
    assertThat(id).matches("[0-9a-f-]{36}");

    int commands = records(Topics.DESTINATION_COMMANDS).size();
    Ran again = runWithInput(json, "destinations", "apply", "-f", "-");
    assertThat(ok(again)).contains("unchanged").contains(id);
    assertThat(records(Topics.DESTINATION_COMMANDS)).hasSize(commands);

    String changed = json.replace("s3cr3t-value", "another-value");
    assertThat(ok(runWithInput(changed, "destinations", "apply", "-f", "-")))
        .contains("updated")
        .contains(id)
        .contains("2");

    String shown = ok(run("destinations", "get", id));
    JsonNode read = new ObjectMapper().readTree(shown);
    assertThat(read.at("/config/webhook/headers/Authorization").asText())
        .startsWith("**** (fingerprint ");
    assertThat(read.path("version").asLong()).isEqualTo(2);

    String definition = ok(run("destinations", "get", id, "--definition"));
    assertThat(ok(runWithInput(definition, "destinations", "apply", "-f", "-")))
        .contains("unchanged");

    for (ConsumerRecord<byte[], byte[]> record : records(Topics.DESTINATION_COMMANDS)) {
      assertThat(new String(record.value(), java.nio.charset.StandardCharsets.ISO_8859_1))
          .doesNotContain("s3cr3t-value")
          .doesNotContain("another-value");
    }
    ConsumerRecord<byte[], byte[]> first = records(Topics.DESTINATION_COMMANDS).getFirst();
    assertThat(new String(first.key(), UTF_8)).isEqualTo("hospital-001");
  }

  @Test
  void resealsWhatOlderKeysSealedAndChangesNothingElse() {
    String id =
        ok(runWithInput(SIEM.formatted("reseal"), "destinations", "apply", "-f", "-", "-o", "id"));
    JsonNode before = shown(id);
    Path keyset = folder.resolve("data/keyset.json");
    ok(run("keys", "reseal"));
    int commands = records(Topics.DESTINATION_COMMANDS).size();
    assertThat(ok(run("keys", "reseal"))).contains("resealed: 0, failed: 0");
    assertThat(records(Topics.DESTINATION_COMMANDS)).hasSize(commands);

    Keyset rotated = Keyset.rotate(keyset);
    assertThat(ok(run("keys", "reseal", "--dry-run"))).contains(id);
    assertThat(records(Topics.DESTINATION_COMMANDS)).hasSize(commands);
    assertThat(ok(run("keys", "reseal"))).contains("failed: 0").doesNotContain("resealed: 0");

    JsonNode after = shown(id);
    assertThat(after.path("version").asLong()).isEqualTo(before.path("version").asLong() + 1);
    assertThat(after.path("config")).as("fingerprints too").isEqualTo(before.path("config"));
    assertThat(ok(run("keys", "reseal"))).contains("resealed: 0, failed: 0");
    assertThat(
            records(Topics.DESTINATION_SECRETS).stream()
                .filter(record -> new String(record.key(), UTF_8).equals(id))
                .map(record -> decodeSecrets(record.value()))
                .reduce((first, second) -> second)
                .orElseThrow()
                .fields())
        .isNotEmpty()
        .allMatch(new Resealer(rotated)::isCurrent);
  }

  private static DestinationSecrets decodeSecrets(byte[] value) {
    try {
      return codecs.destinationSecrets().decode(value);
    } catch (UndecodableException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode shown(String id) {
    try {
      return new ObjectMapper().readTree(ok(run("destinations", "get", id)));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void sealsThePayloadBeforeItIsPublished() {
    OrganizationId organization = new OrganizationId("sealed-org");
    String request =
        """
        {"organizationId": "sealed-org", "destinations": ["d"],
         "payload": {"type": "t", "data": {"patient": "canary-5a1"}, "metadata": {"m": "canary-5a2"}}}
        """;
    Path keys = folder.resolve("payload-keys.json");
    Ran without =
        runWithInput(request, "deliver", "-f", "-", "--payload-keys", "payload-keys.json");
    assertThat(without.err()).contains("there is no file of payload keys");
    new PayloadKeyFile(keys).create(new OrganizationId("another-org"));
    Ran other = runWithInput(request, "deliver", "-f", "-", "--payload-keys", "payload-keys.json");
    assertThat(other.exitCode()).isNotZero();
    assertThat(other.err()).contains("sealed-org").contains("no payload key");
    new PayloadKeyFile(keys).create(organization);

    String id =
        ok(runWithInput(request, "deliver", "-f", "-", "--payload-keys", "payload-keys.json"));

    List<DeliveryRequest> published =
        records(Topics.REQUESTS).stream()
            .map(record -> {
              assertThat(new String(record.value(), UTF_8)).doesNotContain("canary-5a");
              return codecs.requests().decode(record.value());
            })
            .filter(DecodedRequest.Valid.class::isInstance)
            .map(valid -> ((DecodedRequest.Valid) valid).request())
            .filter(found -> found.organizationId().equals(organization))
            .toList();
    assertThat(published).hasSize(1);
    assertThat(published.getFirst().deliveryId()).hasToString("Optional[" + id + "]");
    assertThat(
            new PayloadOpener(PayloadKeys.load(keys))
                .open(
                    organization,
                    published.getFirst().deliveryId().orElseThrow(),
                    "t",
                    published.getFirst().payload().data()))
        .isEqualTo(
            new PayloadOpening.Opened(
                RawJson.of("{\"patient\": \"canary-5a1\"}"),
                RawJson.of("{\"m\": \"canary-5a2\"}")));
  }

  @Test
  void publishesNothingOnceThePayloadKeyIsDestroyed() throws Exception {
    OrganizationId organization = new OrganizationId("destroyed-org");
    String request =
        """
        {"organizationId": "destroyed-org", "destinations": ["d"],
         "payload": {"type": "t", "data": {"patient": "canary-6b1"}}}
        """;
    Path keys = folder.resolve("destroyed-keys.json");
    new PayloadKeyFile(keys).create(organization);
    // As where the Waybill runs whose keys these are; nobody has to name them.
    Path running = Files.createDirectories(folder.resolve("running"));
    Files.writeString(
        running.resolve("endpoint.properties"),
        Files.readString(folder.resolve("data/endpoint.properties"))
            + "payload.keys="
            + keys
            + "\n");
    Cli cli = Cli.in(folder);
    ok(cli.runWithInput(request, "deliver", "-f", "-", "--data-dir", "running"));
    assertThat(requestsOf("destroyed-org")).as("sealed, as long as there is a key").isOne();

    new PayloadKeyFile(keys).destroy(organization);

    Ran unasked = cli.runWithInput(request, "deliver", "-f", "-", "--data-dir", "running");
    assertThat(unasked.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(unasked.err())
        .contains("destroyed-org", "was destroyed", "Nothing was published", keys.toString())
        .contains("waybill keys payload create")
        .doesNotContain("canary-6b1");
    Ran asked =
        runWithInput(request, "deliver", "-f", "-", "--payload-keys", "destroyed-keys.json");
    assertThat(asked.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(asked.err())
        .contains("destroyed-org", "has no payload key", "waybill keys payload create")
        .doesNotContain("canary-6b1");
    assertThat(requestsOf("destroyed-org")).isOne();
    assertThat(records(Topics.REQUESTS))
        .noneMatch(record -> new String(record.value(), UTF_8).contains("canary-6b1"));

    new PayloadKeyFile(keys).create(organization);
    ok(cli.runWithInput(request, "deliver", "-f", "-", "--data-dir", "running"));
    assertThat(requestsOf("destroyed-org")).as("sealed again, with another key").isEqualTo(2);
    assertThat(records(Topics.REQUESTS))
        .noneMatch(record -> new String(record.value(), UTF_8).contains("canary-6b1"));
  }

  private static long requestsOf(String organization) {
    return records(Topics.REQUESTS).stream()
        .filter(record -> new String(record.value(), UTF_8).contains(organization))
        .count();
  }

  @Test
  void changesADestination() {
    String id =
        ok(runWithInput(SIEM.formatted("change"), "destinations", "apply", "-f", "-", "-o", "id"));

    assertThat(ok(run("destinations", "disable", id))).contains("disabled");
    assertThat(ok(run("destinations", "set-default", id))).contains("default");
    String listed = ok(run("destinations", "list", "--org", "hospital-001"));
    assertThat(listed.lines().filter(line -> line.startsWith(id)))
        .singleElement()
        .asString()
        .contains("disabled  yes")
        .contains("https://siem.hospital.com")
        .doesNotContain("hidden");
    assertThat(ok(run("destinations", "list", "--org", "other", "-o", "id"))).isEmpty();

    assertThat(ok(run("destinations", "delete", id, "-o", "id"))).isEqualTo(id);
    Ran gone = run("destinations", "get", id);
    assertThat(gone.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(gone.err()).contains("no such destination");
  }

  @Test
  void testsADestinationAsItsSendersWouldReachItAndPublishesNothing() throws Exception {
    String id =
        ok(runWithInput(SIEM.formatted("tested"), "destinations", "apply", "-f", "-", "-o", "id"));
    List<ConnectionTester.Test> tests = new ArrayList<>();
    AtomicReference<Outcome> outcome =
        new AtomicReference<>(
            new Outcome.Permanent(Reason.ADDRESS_DENIED, "in 10.0.0.0/8", Duration.ofMillis(3)));
    Cli cli =
        new Cli(
            folder,
            List.of(),
            Optional.of(test -> {
              tests.add(test);
              return new ConnectionTester.Result(outcome.get(), List.of("public addresses only"));
            }));
    long before = recordsOfAllTopics();

    Ran refused = run(cli, "", "destinations", "test", id);

    assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(refused.out())
        .contains("tested (" + id + ")")
        .contains("POST of an event of type waybill.test to siem.hospital.com")
        .contains("address-denied")
        .contains("in 10.0.0.0/8")
        .contains("allowCidrs")
        .doesNotContain("hidden", "s3cr3t");
    ConnectionTester.Test test = tests.getFirst();
    assertThat(test.destination().id().value()).isEqualTo(id);
    assertThat(test.secrets().fields())
        .extracting(SealedField::name)
        .containsExactly("webhook.headers.authorization");
    assertThat(test.keyset()).isPresent();
    assertThat(test.delivers()).isFalse();
    assertThat(test.operator().allowCidrs()).containsExactly("127.0.0.0/8", "fd00::/8");

    outcome.set(new Outcome.Delivered("204", Optional.empty(), Duration.ofMillis(7)));
    Ran good =
        run(cli, "{\"a\":1}", "destinations", "test", id, "--deliver", "--data", "-", "-o", "json");
    JsonNode json = new ObjectMapper().readTree(ok(good));
    assertThat(json.path("result").asText()).isEqualTo("ok");
    assertThat(json.path("happened").asText()).isEqualTo("answered 204 in 7 ms");
    assertThat(tests.getLast().delivers()).isTrue();
    assertThat(tests.getLast().data().text()).isEqualTo("{\"a\":1}");
    assertThat(recordsOfAllTopics()).isEqualTo(before);

    Ran unknown = run(cli, "", "destinations", "test", "nobody");
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(unknown.err()).contains("no such destination");
  }

  private static long recordsOfAllTopics() {
    return TopicCatalog.topics(TopicCatalog.EMBEDDED_PARTITIONS, Set.of(DestinationType.WEBHOOK))
        .stream()
        .mapToLong(topic -> records(topic.name()).size())
        .sum();
  }

  @Test
  void printsEveryFieldErrorOfARefusal() {
    answerer.refuse(
        "refused",
        List.of(
            new FieldError("label", "not-unique", "is taken"),
            new FieldError("", "quota", "too many destinations")));

    Ran ran = runWithInput(SIEM.formatted("refused"), "destinations", "apply", "-f", "-");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err())
        .contains("label: is taken [not-unique]")
        .contains("too many destinations [quota]");
  }

  @Test
  void saysSoWhenNobodyAnswers() {
    answerer.ignore("ignored");

    Ran ran =
        runWithInput(
            SIEM.formatted("ignored"), "destinations", "apply", "-f", "-", "--timeout", "1s");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("no answer within 1 s").contains("destinations role");
  }

  @Test
  void publishesARequestWhereItBelongsAndPrintsItsIdAlone() throws Exception {
    String data = "{\"n\":9007199254740993,\"price\":1.10}";
    String request =
        """
        {"organizationId": "hospital-001", "destinations": "default",
         "payload": {"type": "report", "data": %s}, "options": {"idempotencyKey": "key-7"}}
        """
            .formatted(data);

    Ran ran = runWithInput(request, "deliver", "-f", "-");

    String id = ok(ran);
    assertThat(ran.out()).isEqualTo(id + System.lineSeparator());
    ConsumerRecord<byte[], byte[]> record =
        records(Topics.REQUESTS).stream()
            .filter(r -> new String(r.value(), UTF_8).contains(id))
            .findFirst()
            .orElseThrow();
    assertThat(new String(record.key(), UTF_8)).isEqualTo("hospital-001/key-7");
    assertThat(record.partition())
        .isEqualTo(RequestKeys.partitionOf("hospital-001/key-7", TopicCatalog.EMBEDDED_PARTITIONS));
    assertThat(new String(record.value(), UTF_8)).contains(data);
    assertThat(codecs.requests().decode(record.value())).isInstanceOf(DecodedRequest.Valid.class);
  }

  private static String request(DeliveryId id) {
    return """
    {"deliveryId": "%s", "organizationId": "hospital-001", "destinations": ["siem"],
     "payload": {"type": "report", "data": {}}}
    """
        .formatted(id);
  }

  @Test
  void waitsForTheEndOfADelivery() {
    DeliveryId good = DeliveryId.random();
    answerer.whenRequested(good, Samples.status(good, OverallState.QUEUED, 0));
    answerer.whenRequested(good, Samples.status(good, OverallState.COMPLETED, 0));

    Ran completed = runWithInput(request(good), "deliver", "-f", "-", "--wait");
    assertThat(ok(completed)).isEqualTo(good.toString());
    assertThat(completed.err()).contains("completed: 1 of 1 destination delivered");

    DeliveryId bad = DeliveryId.random();
    answerer.whenRequested(bad, Samples.status(bad, OverallState.FAILED, 0));
    Ran failed = runWithInput(request(bad), "deliver", "-f", "-", "--wait", "-o", "json");
    assertThat(failed.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(failed.out()).contains("\"state\":\"failed\"");

    DeliveryId never = DeliveryId.random();
    Ran late = runWithInput(request(never), "deliver", "-f", "-", "--wait", "--timeout", "500ms");
    assertThat(late.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(late.out().strip()).isEqualTo(never.toString());
    assertThat(late.err()).contains("has not ended within 500 ms").contains("waybill status");
  }

  @Test
  void showsAStatusAndSaysWhenThereIsNone() {
    DeliveryId id = DeliveryId.random();
    answerer.publish(Samples.status(id, OverallState.PROCESSING, 0));
    answerer.publish(Samples.status(id, OverallState.PARTIAL, 0));

    assertThat(ok(run("status", id.toString()))).contains("partial").doesNotContain("processing");
    assertThat(ok(run("status", id.toString(), "-o", "json"))).contains("\"state\":\"partial\"");
    assertThat(ok(run("status", id.toString(), "--watch"))).contains("partial");

    Ran unknown = run("status", DeliveryId.random().toString());
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(unknown.err()).contains("no such delivery");
  }

  @Test
  void watchesFromTheFirstStatusToTheLast() throws Exception {
    DeliveryId id = DeliveryId.random();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Ran> watching = executor.submit(() -> run("status", id.toString(), "--watch"));
      answerer.publish(Samples.status(id, OverallState.QUEUED, 0));
      answerer.publish(Samples.status(id, OverallState.COMPLETED, 0));

      assertThat(ok(watching.get(30, TimeUnit.SECONDS))).contains("completed");
    }
  }

  @Test
  void namesTheTopicThatIsNotThere() {
    try (EmbeddedBroker empty =
        new EmbeddedBroker(new EmbeddedBrokerConfig(folder.resolve("empty"), 0))) {
      empty.start();

      Ran ran =
          Cli.in(folder)
              .runWithInput(
                  request(DeliveryId.random()),
                  "deliver",
                  "-f",
                  "-",
                  "--bootstrap-server",
                  empty.bootstrapServers());

      assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).contains("has no topic waybill.requests").contains("topics apply");
    }
  }

  @Test
  void cancelsWhatHasNotEnded() {
    DeliveryId id = DeliveryId.random();
    answerer.publish(Samples.status(id, OverallState.PROCESSING, 0));
    answerer.whenCommanded(id, Samples.status(id, OverallState.CANCELLED, 0));

    assertThat(ok(run("deliveries", "cancel", id.toString()))).contains("cancelled");
    assertThat(answerer.commandsOf(id))
        .singleElement()
        .satisfies(command -> assertThat(command.action()).isEqualTo(new DeliveryCommand.Cancel()))
        .satisfies(command -> assertThat(command.actor()).isEqualTo("cli:test"));

    Ran twice = run("deliveries", "cancel", id.toString());
    assertThat(twice.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(twice.err()).contains("has ended already");
    assertThat(answerer.commandsOf(id)).hasSize(1);
  }

  @Test
  void retriesWhatHasFailed() {
    DeliveryId id = DeliveryId.random();
    answerer.publish(Samples.status(id, OverallState.FAILED, 0));

    Ran other = run("deliveries", "retry", id.toString(), "--destination", "other");
    assertThat(other.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(other.err())
        .contains("other is not among the failed or cancelled ones")
        .contains("siem");

    answerer.whenCommanded(id, Samples.status(id, OverallState.PROCESSING, 1));
    assertThat(ok(run("deliveries", "retry", id.toString()))).contains("processing");
    assertThat(answerer.commandsOf(id))
        .extracting(DeliveryCommand::action)
        .containsExactly(new DeliveryCommand.Retry(Set.of()));

    Ran nothing = run("deliveries", "retry", id.toString());
    assertThat(nothing.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(nothing.err()).contains("nothing to retry");
  }

  @Test
  void replaysADeadLetterOnce() {
    Task task = Samples.task(DeliveryId.random(), "org-replay");
    DeliveryId id = task.deliveryId();
    String taskId = task.taskId().value();
    answerer.publish(Samples.status(id, OverallState.FAILED, 0));
    answerer.publish(
        DeadLetters.ofTask(
            new RecordOrigin("waybill.tasks.webhook", 0, 5),
            task,
            Reason.ATTEMPTS_EXHAUSTED,
            "3 attempts failed",
            Instant.now()));

    assertThat(ok(run("dead-letters", "list", "--org", "org-replay", "--since", "1h")))
        .contains(taskId)
        .contains("attempts-exhausted");
    assertThat(ok(run("dead-letters", "list", "--reason", "expired", "-o", "id")))
        .doesNotContain(taskId);
    assertThat(ok(run("dead-letters", "show", taskId)))
        .doesNotContain("patient")
        .contains("payloadSha256");
    assertThat(ok(run("dead-letters", "show", "waybill.tasks.webhook-0@5", "--payload")))
        .contains("patient");

    assertThat(ok(run("dead-letters", "replay", "--all", "--org", "org-replay", "--dry-run")))
        .contains("would be replayed");
    assertThat(answerer.commandsOf(id)).isEmpty();

    answerer.whenCommanded(id, Samples.status(id, OverallState.PROCESSING, 1));
    assertThat(ok(run("dead-letters", "replay", taskId))).contains("replayed");
    assertThat(answerer.commandsOf(id))
        .extracting(DeliveryCommand::action)
        .containsExactly(new DeliveryCommand.Replay(task));

    assertThat(ok(run("dead-letters", "replay", "--all", "--org", "org-replay", "--yes")))
        .contains("was already replayed, nothing was sent");
    assertThat(answerer.commandsOf(id)).hasSize(1);
  }

  /** Not an outage: the wait ends at once, long before its time is over. */
  @Test
  void whatTheStatusRoleRefusesIsSaidAtOnce() {
    Task task = Samples.task(DeliveryId.random(), "org-refused");
    RecordOrigin origin = new RecordOrigin("waybill.tasks.webhook", 0, 77);
    answerer.publish(Samples.status(task.deliveryId(), OverallState.FAILED, 0));
    answerer.publish(
        DeadLetters.ofTask(
            origin, task, Reason.ATTEMPTS_EXHAUSTED, "3 attempts failed", Instant.now()));
    answerer.refuseCommands(task.deliveryId(), "type-not-served");
    String taskId = task.taskId().value();

    Ran retry = run("deliveries", "retry", task.deliveryId().toString(), "--timeout", "10m");
    Ran replay = run("dead-letters", "replay", taskId, "--timeout", "10m", "-o", "json");

    assertThat(retry.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(retry.err()).contains("refused the command").contains("no sender");
    assertThat(replay.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(replay.out()).contains("\"refused\"").contains("\"type-not-served\"");
    answerer.refuseCommands(task.deliveryId(), "not-found");
    assertThat(run("deliveries", "retry", task.deliveryId().toString()).err())
        .contains("no such delivery: " + task.deliveryId());
    assertThat(answerer.commandsOf(task.deliveryId())).hasSize(3);
  }

  @Test
  void aTaskAndTheOriginOfItsLetterAreOne() {
    Task task = Samples.task(DeliveryId.random(), "org-twice");
    RecordOrigin origin = new RecordOrigin("waybill.tasks.webhook", 2, 78);
    String taskId = task.taskId().value();
    answerer.publish(Samples.status(task.deliveryId(), OverallState.FAILED, 0));
    answerer.publish(
        DeadLetters.ofTask(
            origin, task, Reason.ATTEMPTS_EXHAUSTED, "3 attempts failed", Instant.now()));

    Ran both = run("dead-letters", "replay", taskId, origin.toString(), "--dry-run");
    Ran other = run("dead-letters", "replay", taskId, "0".repeat(32), "--dry-run");

    assertThat(ok(both)).contains("would be replayed");
    assertThat(both.err()).doesNotContain("warning");
    assertThat(other.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(other.err()).contains("some of the ids are no dead-lettered tasks");
  }

  @Test
  void doesNotReplayWhatNeverWasATask() {
    RecordOrigin origin = new RecordOrigin("waybill.requests", 1, 99);
    answerer.publish(
        DeadLetters.ofRecord(
            origin,
            null,
            "not json".getBytes(UTF_8),
            Optional.empty(),
            Optional.empty(),
            Reason.MALFORMED,
            "is not JSON",
            List.of(),
            Instant.now()));

    Ran ran = run("dead-letters", "replay", origin.toString());

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("never became a task").contains("publish it again");
    assertThat(ok(run("dead-letters", "show", origin.toString()))).contains("\"malformed\"");
    Ran unknown = run("dead-letters", "replay", "0".repeat(32));
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(unknown.err()).contains("no dead-lettered task has this id");
  }

  @Test
  void aRegistryThatIsNotThereEndsWithThree() {
    ok(runWithInput(SIEM.formatted("registry"), "destinations", "apply", "-f", "-"));
    String nobody = "http://127.0.0.1:1";

    Ran ran =
        Cli.in(folder)
            .run("destinations", "list", "--bootstrap-server", kafka, "--schema-registry", nobody);

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.UNREACHABLE);
    assertThat(ran.err()).contains("schema registry cannot be reached").contains("127.0.0.1:1");
  }

  @Test
  void followsAlertsOfOneOrganization() throws Exception {
    Alert wanted = Samples.alert("org-follow", AlertKind.DISABLED);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Ran> following =
          executor.submit(
              () -> run("alerts", "follow", "--org", "org-follow", "--count", "2", "-o", "json"));
      while (!following.isDone()) {
        // Until it stands at the end of the topic, it does not see them.
        answerer.publish(Samples.alert("org-other", AlertKind.DISABLED));
        answerer.publish(wanted);
      }
      Ran ran = following.get(30, TimeUnit.SECONDS);

      assertThat(ok(ran).lines())
          .hasSize(2)
          .allSatisfy(line -> {
            JsonNode json = new ObjectMapper().readTree(line);
            assertThat(json.path("alertId").asText()).isEqualTo(wanted.alertId().toString());
            assertThat(json.path("kind").asText()).isEqualTo("disabled");
          });
    }
  }

  @Test
  void followingEndsWhenNothingComes() {
    Ran ran = run("alerts", "follow", "--org", "org-quiet", "--timeout", "300ms");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("no such alert was raised within 300 ms");
  }

  @Test
  void whatBelongsToAnotherOrganizationReadsAsNotThere() throws Exception {
    DeliveryId delivery = DeliveryId.random();
    answerer.publish(Samples.status(delivery, OverallState.PROCESSING, 0));
    Task task = Samples.task(DeliveryId.random(), "hospital-001");
    answerer.publish(Samples.status(task.deliveryId(), OverallState.FAILED, 0));
    answerer.publish(
        DeadLetters.ofTask(
            new RecordOrigin("waybill.tasks.webhook", 1, 6),
            task,
            Reason.ATTEMPTS_EXHAUSTED,
            "3 attempts failed",
            Instant.now()));
    String destination =
        ok(runWithInput(SIEM.formatted("private"), "destinations", "apply", "-f", "-", "-o", "id"));
    long commands = commandsOfAllTopics();
    String unknown = UUID.randomUUID().toString();
    Map<String, String> naming = new LinkedHashMap<>();
    for (String command : List.of("status", "deliveries cancel", "deliveries retry")) {
      naming.put(command, delivery.toString());
    }
    // The change is not asked for, so that it reads so when no destinations role answers.
    for (String change :
        List.of("get", "rotate-secret", "enable", "disable", "set-default", "delete")) {
      naming.put("destinations " + change, destination);
    }
    for (String command : List.of("dead-letters show", "dead-letters replay")) {
      naming.put(command, task.taskId().value());
    }
    for (Map.Entry<String, String> one : naming.entrySet()) {
      Ran foreign = run(asking("org-asks", one.getKey(), one.getValue()));
      Ran nobodys = run(asking("org-asks", one.getKey(), unknown));

      assertThat(foreign.exitCode()).as(one.getKey()).isEqualTo(ExitCodes.FAILED);
      assertThat(nobodys.exitCode()).isEqualTo(ExitCodes.FAILED);
      assertThat(foreign.err()).isEqualTo(nobodys.err().replace(unknown, one.getValue()));
      assertThat(foreign.out()).isEmpty();
      assertThat(securityEvents("org-asks"))
          .filteredOn(event -> event.details().get("command").equals(one.getKey()))
          .singleElement()
          .satisfies(event -> {
            assertThat(event.action()).startsWith("foreign-").endsWith("-requested");
            assertThat(event.subject()).isEqualTo(one.getValue());
            assertThat(event.actor()).isEqualTo("cli:test");
          });
    }
    assertThat(commandsOfAllTopics()).as("nothing was asked of Waybill").isEqualTo(commands);
    assertThat(ok(run("status", delivery.toString(), "--org", "hospital-001")))
        .contains("processing");
    assertThat(ok(run("destinations", "get", destination, "--org", "hospital-001")))
        .contains("private");
    assertThat(securityEvents("hospital-001")).isEmpty();
  }

  private static String[] asking(String organization, String command, String id) {
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.addAll(List.of(id, "--org", organization));
    return words.toArray(String[]::new);
  }

  private static long commandsOfAllTopics() {
    return records(Topics.COMMANDS).size() + records(Topics.DESTINATION_COMMANDS).size();
  }

  private static List<AuditRecord> securityEvents(String organization) {
    return records(Topics.AUDIT).stream()
        .map(record -> {
          try {
            return codecs.audits().decode(record.value());
          } catch (UndecodableException e) {
            throw new AssertionError(e);
          }
        })
        .filter(event -> event.organizationId().value().equals(organization))
        .toList();
  }

  @Test
  void saysWhyAChangeWasRefused() throws Exception {
    String id =
        ok(runWithInput(SIEM.formatted("asked"), "destinations", "apply", "-f", "-", "-o", "id"));
    answerer.refuse("asked", List.of(new FieldError("", "destination-not-found", "there is none")));

    Ran own = run("destinations", "delete", id, "--org", "hospital-001");
    answerer.obey("asked");

    assertThat(own.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(own.err()).contains("was left as it is").contains("there is none");
    List<String> askedFor = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records(Topics.DESTINATION_COMMANDS)) {
      DestinationCommand command = codecs.destinationCommands().decode(record.value());
      if (command.destinationId().value().equals(id)
          && command.action() instanceof DestinationCommand.Delete) {
        askedFor.add(command.organizationId().value());
      }
    }
    assertThat(askedFor).containsExactly("hospital-001");
  }

  @Test
  void refusesFilesOfAnotherOrganization() {
    long requests = records(Topics.REQUESTS).size();

    Ran deliver =
        runWithInput(request(DeliveryId.random()), "deliver", "-f", "-", "--org", "org-other");
    Ran apply =
        runWithInput(
            SIEM.formatted("misplaced"), "destinations", "apply", "-f", "-", "--org", "org-other");

    assertThat(List.of(deliver, apply))
        .allSatisfy(ran -> {
          assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
          assertThat(ran.err()).contains("hospital-001", "org-other", "Nothing was published");
        });
    assertThat(records(Topics.REQUESTS)).hasSize((int) requests);
    assertThat(ok(run("destinations", "list"))).doesNotContain("misplaced");
  }

  @Test
  void topShowsAnInstallationWhereNothingRuns() throws Exception {
    String id =
        ok(runWithInput(SIEM.formatted("watched"), "destinations", "apply", "-f", "-", "-o", "id"));

    String line = ok(run("top", "--once", "--interval", "300ms", "-o", "json", "--rows", "1000"));

    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.has("problem")).as(line).isFalse();
    assertThat(json.path("types").fieldNames()).toIterable().containsExactly("webhook");
    assertThat(json.at("/types/webhook/lag").longValue()).isZero();
    assertThat(json.at("/behind/" + Topics.REQUESTS).longValue())
        .as("nobody has read the requests of other tests")
        .isEqualTo(records(Topics.REQUESTS).size());
    assertThat(json.path("destinations"))
        .anySatisfy(one -> assertThat(one.path("destinationId").asText()).isEqualTo(id));
    assertThat(run("top", "--interval", "1ms").exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run("top", "--count", "0").exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run("top", "--once", "--count", "2").exitCode()).isEqualTo(ExitCodes.USAGE);
    String others = ok(run("top", "--once", "--interval", "100ms", "--org", "org-other"));
    assertThat(others).contains("organization org-other").doesNotContain(id);
  }
}
