package io.waybill.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.app.cli.Cli.Ran;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawJson;
import io.waybill.embedded.EmbeddedBroker;
import io.waybill.embedded.EmbeddedBrokerConfig;
import io.waybill.secrets.PayloadKeyFile;
import io.waybill.secrets.PayloadKeys;
import io.waybill.secrets.PayloadOpener;
import io.waybill.secrets.PayloadOpening;
import io.waybill.wire.DecodedRequest;
import io.waybill.wire.RequestKeys;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Publishing, watching and steering deliveries at the command line. */
class CliDeliveriesIT extends PlayedInstallation {
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
}
