package io.waybill.app;

import static io.waybill.app.Installation.decode;
import static io.waybill.app.Installation.keyIs;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.SealedField;
import io.waybill.secrets.Sealer;
import io.waybill.secrets.Secret;
import io.waybill.wire.DestinationJson;
import io.waybill.wire.Topics;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An organization of the shared installation: its destinations in the JSON that it would write, its
 * requests and its commands.
 */
record Tenant(Installation waybill, OrganizationId organization) {
  /** Many tries, soon. */
  static final String QUICK_RETRIES =
      "\"retryConfig\":{\"maxRetries\":30,\"baseDelay\":100,\"backoffMultiplier\":1.5,"
          + "\"maxBackoffDelay\":500}";

  static Tenant newOne() {
    return new Tenant(Installation.shared(), Installation.newOrganization());
  }

  DestinationId webhook(URI url, int timeoutMillis, String more) {
    return create(
        """
        {"organizationId": "%s", "label": "Webhook %s", "type": "webhook"%s,
         "config": {"webhook": {"url": "%s", "timeout": %d, %s}}}
        """
            .formatted(organization, UUID.randomUUID(), more, url, timeoutMillis, QUICK_RETRIES));
  }

  DestinationId webhook(URI url) {
    return webhook(url, 5_000, "");
  }

  /** The tutorial's mail for these recipients, with these further fields. */
  DestinationId email(int port, int timeoutMillis, String auth, List<String> recipients) {
    return create(
        """
        {"organizationId": "%s", "label": "Compliance Team Email %s", "type": "email",
         "config": {"email": {
           "service": "smtp",
           "smtpConfig": {"host": "127.0.0.1", "port": %d, "secure": false%s},
           "from": "audit@hospital.com",
           "subject": "Daily Compliance Report - {{date}}",
           "bodyTemplate": "Dear Compliance Team,\\n\\nPlease find attached the daily compliance \
        report for {{date}}.\\n\\nSummary:\\n- Total audit events: {{totalEvents}}\\n- Failed login \
        attempts: {{failedLogins}}\\n- Data access events: {{dataAccess}}\\n",
           "recipients": [%s], "timeout": %d, %s}}}
        """
            .formatted(
                organization,
                UUID.randomUUID(),
                port,
                auth,
                recipients.stream().map(it -> "\"" + it + "\"").collect(Collectors.joining(", ")),
                timeoutMillis,
                QUICK_RETRIES));
  }

  DestinationId email(int port, String... recipients) {
    return email(port, 10_000, "", List.of(recipients));
  }

  /** The tutorial's archive at a store of these tests. */
  DestinationId storage(URI endpoint, String bucket, int timeoutMillis) {
    return create(
        storageJson(
            endpoint,
            bucket,
            "/audit-logs/{organizationId}/{year}/",
            timeoutMillis,
            "\"accessKeyId\": \"%s\", \"secretAccessKey\": \"%s\","
                .formatted(SharedStore.KEY_ID, SharedStore.SECRET)));
  }

  DestinationId storage() {
    return storage(SharedStore.store().endpoint(), SharedStore.BUCKET, 10_000);
  }

  String storageJson(URI endpoint, String bucket, String path, int timeoutMillis, String keys) {
    return """
    {"organizationId": "%s", "label": "HIPAA Compliant Archive %s", "type": "storage",
     "config": {"storage": {"provider": "s3",
       "config": {"region": "us-east-1", "bucket": "%s", "endpoint": "%s", %s
         "serverSideEncryption": "AES256", "storageClass": "STANDARD_IA"},
       "path": "%s", "retention": {"days": 2555, "autoCleanup": true},
       "timeout": %d, %s}}}
    """
        .formatted(
            organization,
            UUID.randomUUID(),
            bucket,
            endpoint,
            keys,
            path,
            timeoutMillis,
            QUICK_RETRIES);
  }

  DestinationId create(String json) {
    return create(json, waybill.sealer());
  }

  /** The same, sealed by this one. */
  DestinationId create(String json, Sealer sealer) {
    DestinationId id = new DestinationId(UUID.randomUUID().toString());
    if (apply(id, json, sealer) instanceof DestinationResult.Refused refused) {
      throw new AssertionError("refused: " + refused.errors());
    }
    return id;
  }

  /**
   * The same, with a marker in the value of every credential that such a destination has, whatever
   * fields there will be.
   */
  DestinationId createMarked(String json, Marker... markers) {
    if (!(DestinationJson.parse(json.getBytes(UTF_8)) instanceof DestinationJson.Valid wish)) {
      throw new AssertionError(DestinationJson.parse(json.getBytes(UTF_8)));
    }
    assertThat(wish.spec().config().credentialNames())
        .isNotEmpty()
        .allSatisfy(name ->
            assertThat(Stream.of(markers))
                .as("a marker in " + name)
                .anyMatch(marker -> marker.isIn(wish.credentials().getOrDefault(name, ""))));
    return create(json);
  }

  /** What the installation says to a new destination. */
  DestinationResult apply(DestinationId id, String json) {
    return apply(id, json, waybill.sealer());
  }

  private DestinationResult apply(DestinationId id, String json, Sealer sealer) {
    if (!(DestinationJson.parse(json.getBytes(UTF_8)) instanceof DestinationJson.Valid wish)) {
      throw new AssertionError(DestinationJson.parse(json.getBytes(UTF_8)));
    }
    DestinationJson.Spec spec = wish.spec();
    List<SealedField> sealed =
        wish.credentials().entrySet().stream()
            .map(credential ->
                sealer.seal(
                    organization,
                    id,
                    spec.config(),
                    credential.getKey(),
                    Secret.of(credential.getValue())))
            .toList();
    return waybill.command(
        new DestinationCommand(
            UUID.randomUUID(),
            organization,
            id,
            "test",
            Instant.now(),
            new DestinationCommand.Create(
                spec.label(),
                spec.description(),
                spec.config(),
                spec.fallback(),
                spec.isDefault(),
                sealed)));
  }

  /** Publishes a request as its publisher would write it. */
  DeliveryId deliver(String data, String metadata, DestinationId... destinations) {
    DeliveryId id = DeliveryId.random();
    deliver(id, data, metadata, destinations);
    return id;
  }

  void deliver(DeliveryId id, String data, String metadata, DestinationId... destinations) {
    String ids =
        List.of(destinations).stream().map(it -> "\"" + it + "\"").collect(Collectors.joining(","));
    String request =
        """
        {"deliveryId":"%s","organizationId":"%s","destinations":[%s],
         "payload":{"type":"report","data":%s,"metadata":%s},
         "options":{"priority":7,"correlationId":"daily-report-1","tags":["compliance","daily"]}}\
        """
            .formatted(id, organization, ids, data, metadata);
    waybill.publish(Topics.REQUESTS, null, request.getBytes(UTF_8));
  }

  DeliveryStatus await(DeliveryId id, OverallState state) {
    return await(id, status -> status.state() == state);
  }

  DeliveryStatus await(DeliveryId id, Predicate<DeliveryStatus> condition) {
    return waybill.awaitStatus(id.toString(), condition);
  }

  /** One destination's part of a delivery. */
  static DestinationStatus part(DeliveryStatus status, DestinationId destination) {
    return status.destinations().stream()
        .filter(it -> it.destinationId().equals(destination.value()))
        .findFirst()
        .orElseThrow();
  }

  DeadLetter deadLetter(DeliveryId id) {
    return decode(() ->
        waybill
            .codecs()
            .deadLetters()
            .decode(waybill.awaitRecord(Topics.DEAD_LETTERS, keyIs(id.toString())).value()));
  }

  void command(DeliveryId id, DeliveryCommand.Action action) {
    var command =
        new DeliveryCommand(UUID.randomUUID(), id, organization, "test", Instant.now(), action);
    waybill.publish(
        Topics.COMMANDS,
        id.toString(),
        waybill.codecs().commands().encode(Topics.COMMANDS, command));
  }
}
