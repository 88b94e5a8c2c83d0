package io.waybill.app;

import static io.waybill.app.Installation.SOON;
import static io.waybill.app.Installation.TENANT;
import static io.waybill.app.Installation.TENANTS_REQUESTS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.app.cli.Commands;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.testkit.HttpSink;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A topic of requests that speaks for one organization, beside the one for all. */
class RequestTopicsIT {
  private final Installation waybill = Installation.shared();
  private final HttpSink receiver = HttpSink.start();

  @TempDir private Path folder;

  @AfterEach
  void close() {
    receiver.close();
  }

  @Test
  void whatIsLargeIsFetchedFromTheTopicWhereItStands() throws IOException {
    DestinationId large = waybill.createWebhook(TENANT, receiver.uri("/large"), 0, Map.of());
    String data = "\"" + "é".repeat(100_000) + "\"";
    Path file = Files.writeString(folder.resolve("r.json"), json(null, TENANT, large, data, ""));
    StringWriter out = new StringWriter();

    int exitCode =
        Commands.commandLine()
            .setOut(new PrintWriter(out, true))
            .execute(
                "deliver",
                "--bootstrap-server",
                waybill.bootstrapServers(),
                "--schema-registry",
                waybill.config().schemaRegistry().get("schema.registry.url"),
                "--topic",
                TENANTS_REQUESTS,
                "--file",
                file.toString());

    assertThat(exitCode).isZero();
    assertThat(receiver.awaitRequests("/large", 1, SOON).getFirst().bodyText()).isEqualTo(data);
    DeliveryStatus status = await(out.toString().strip(), OverallState.COMPLETED);
    assertThat(status.payload().orElseThrow().origin().topic()).isEqualTo(TENANTS_REQUESTS);
  }

  @Test
  void nobodySpeaksThereForAnother() {
    OrganizationId other = Installation.newOrganization();
    DestinationId theirs = waybill.createWebhook(other, receiver.uri("/theirs"), 0, Map.of());
    DeliveryId id = DeliveryId.random();

    waybill.publish(TENANTS_REQUESTS, null, json(id, other, theirs, "1", "").getBytes(UTF_8));

    AuditRecord audit =
        audit(
            waybill
                .awaitRecord(
                    Topics.AUDIT,
                    record -> audit(record.value()).details().containsValue(id.toString()))
                .value());
    assertThat(audit.action()).isEqualTo("foreign-organization-claimed");
    assertThat(audit.organizationId()).isEqualTo(TENANT);
    assertThat(audit.subject()).isEqualTo(other.value());
    assertThat(audit.details()).containsEntry("claimedDeliveryId", id.toString());
    String refusal = audit.details().get("deliveryId");
    assertThat(refusal).isNotNull().isNotEqualTo(id.toString());
    DeliveryStatus status = await(refusal, OverallState.REJECTED);
    assertThat(status.organizationId()).as("nothing of it is the other's").isEqualTo(TENANT);
    assertThat(status.reason()).contains(Reason.ORGANIZATION_NOT_ALLOWED);
    DeadLetter letter =
        decode(waybill.awaitRecord(Topics.DEAD_LETTERS, Installation.keyIs(refusal)).value());
    assertThat(letter.organizationId()).contains(TENANT);
    assertThat(receiver.requests("/theirs")).isEmpty();
  }

  @Test
  void oneKeyOnBothTopicsAndAllPartitionsIsOneDelivery()
      throws ExecutionException, InterruptedException {
    DestinationId once = waybill.createWebhook(TENANT, receiver.uri("/once"), 0, Map.of());
    String key = ",\"idempotencyKey\":\"" + DeliveryId.random() + "\"";
    List<DeliveryId> ids = new ArrayList<>();
    List<Future<?>> sends = new ArrayList<>();
    for (String topic : List.of(Topics.REQUESTS, TENANTS_REQUESTS)) {
      for (int partition = 0; partition < TopicCatalog.EMBEDDED_PARTITIONS; partition++) {
        DeliveryId id = DeliveryId.random();
        ids.add(id);
        byte[] request = json(id, TENANT, once, "1", key).getBytes(UTF_8);
        sends.add(waybill.send(topic, partition, null, request));
      }
    }
    for (Future<?> send : sends) {
      send.get();
    }

    List<OverallState> states =
        ids.stream()
            .map(id ->
                waybill.awaitStatus(
                    id.toString(),
                    status ->
                        status.state() == OverallState.COMPLETED
                            || status.state() == OverallState.DUPLICATE))
            .map(DeliveryStatus::state)
            .toList();
    assertThat(states).containsOnlyOnce(OverallState.COMPLETED).hasSize(6);
    assertThat(receiver.requests("/once")).hasSize(1);
  }

  private DeliveryStatus await(String id, OverallState state) {
    return waybill.awaitStatus(id, status -> status.state() == state);
  }

  private DeadLetter decode(byte[] value) {
    return Installation.decode(() -> waybill.codecs().deadLetters().decode(value));
  }

  private AuditRecord audit(byte[] value) {
    return Installation.decode(() -> waybill.codecs().audits().decode(value));
  }

  private static String json(
      @Nullable DeliveryId id,
      OrganizationId organization,
      DestinationId to,
      String data,
      String options) {
    return """
    {%s"organizationId": "%s", "destinations": ["%s"],
     "payload": {"type": "report", "data": %s}, "options": {"priority": 5%s}}
    """
        .formatted(
            id == null ? "" : "\"deliveryId\": \"" + id + "\", ", organization, to, data, options);
  }
}
