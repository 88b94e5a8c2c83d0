package io.waybill.app;

import io.waybill.app.telemetry.LogFormat;
import io.waybill.app.telemetry.TelemetryConfig;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RetryConfig;
import io.waybill.domain.RetryPolicy;
import io.waybill.domain.SealedField;
import io.waybill.domain.WebhookConfig;
import io.waybill.embedded.EmbeddedRegistry;
import io.waybill.embedded.EmbeddedRegistryConfig;
import io.waybill.guard.Cidr;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.PayloadKeyFile;
import io.waybill.secrets.Sealer;
import io.waybill.secrets.Secret;
import io.waybill.sender.BreakerPolicy;
import io.waybill.status.AlertCarrier;
import io.waybill.status.AlertRules;
import io.waybill.status.AutoDisable;
import io.waybill.testkit.KafkaFixture;
import io.waybill.testkit.TopicReader;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A whole Waybill on a broker of its own choice, and the means to publish to it and to look at its
 * topics. Tests share one and keep apart by organization.
 */
final class Installation implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(30);
  static final Duration RETRY_BASE = Duration.ofMillis(100);

  /** Whose alerts are delivered in the shared installation, and to which destination. */
  static final OrganizationId ALERTED = new OrganizationId("org-alerted");

  static final DestinationId ALERTS = new DestinationId("0a1e7f00-0000-4000-8000-000000000001");

  /** A topic of requests, and the one organization that it speaks for. */
  static final OrganizationId TENANT = new OrganizationId("org-tenant");

  static final String TENANTS_REQUESTS = "waybill.requests.tenant";

  private static @Nullable Installation shared;

  private final String bootstrapServers;
  private final Path folder;
  private final EmbeddedRegistry registry;
  private final Keyset keyset;
  private final Path payloadKeys;
  private final WaybillConfig config;
  private final WaybillProcess process;
  private final Codecs codecs;
  private final Sealer sealer;
  private final KafkaProducer<byte[], byte[]> producer;

  private Installation(
      String bootstrapServers, Set<Role> roles, Sending sending, TelemetryConfig telemetry) {
    this.bootstrapServers = bootstrapServers;
    try {
      folder = Files.createTempDirectory("waybill-installation");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    registry = new EmbeddedRegistry(new EmbeddedRegistryConfig(folder, 0));
    registry.start();
    Path keysetFile = folder.resolve("keyset.json");
    keyset = Keyset.loadOrCreateDevelopment(keysetFile).keyset();
    payloadKeys = folder.resolve("payload-keys.json");
    new PayloadKeyFile(payloadKeys).createUnlessThere();
    config =
        new WaybillConfig(
                roles,
                Map.of("bootstrap.servers", bootstrapServers),
                Map.of("schema.registry.url", registry.url()),
                keysetFile,
                folder.resolve("streams"),
                "test",
                TopicCatalog.EMBEDDED_PARTITIONS,
                List.of(Cidr.parse("127.0.0.0/8")),
                0,
                sending.withPayloadKeys(payloadKeys))
            .withMonitoring(
                new Monitoring(
                    AutoDisable.defaults(),
                    AlertRules.defaults()
                        .withCarriers(List.of(AlertCarrier.ofOwn(ALERTED, ALERTS)))))
            .withTelemetry(telemetry)
            .withRequestTopics(
                new RequestTopicsConfig(
                    Map.of(
                        Topics.REQUESTS,
                        Optional.empty(),
                        TENANTS_REQUESTS,
                        Optional.of(Set.of(TENANT)))));
    process = new WaybillProcess(config, WaybillProcess.Topics.CREATE);
    codecs = new Codecs(new HttpSchemaRegistry(config.schemaRegistry()));
    sealer = new Sealer(keyset);
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 16 * 1024 * 1024);
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * 1024 * 1024);
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    process.start();
    process.awaitReady();
  }

  /**
   * The one of this JVM, with every role. Mail servers on this machine may do without TLS, and what
   * {@link SharedStore} grants is granted. All that it tells of itself is asked for.
   */
  static synchronized Installation shared() {
    Installation present = shared;
    if (present != null) {
      return present;
    }
    Sending sending =
        new Sending(
                RetryPolicy.defaults(),
                BreakerPolicy.defaults(),
                Set.of("127.0.0.1"),
                SharedStore.platformCredentials())
            .callingInstead(SharedMailServices.endpoints());
    Installation started =
        new Installation(
            KafkaFixture.shared().bootstrapServers(),
            Role.all(),
            sending,
            new TelemetryConfig(
                TelemetryConfig.MOST_ORGANIZATIONS,
                true,
                Optional.of(
                    new TelemetryConfig.Otlp(
                        OtlpSink.shared().endpoint(), TelemetryConfig.Otlp.EVERY_TRACE)),
                LogFormat.TEXT));
    // The fixture's own hook may stop the broker first; clients then close within their time-outs.
    shared = started;
    return started;
  }

  /** One of its own, with these roles only. */
  static Installation start(String bootstrapServers, Set<Role> roles) {
    return new Installation(
        bootstrapServers, roles, Sending.defaults(), TelemetryConfig.defaults());
  }

  Codecs codecs() {
    return codecs;
  }

  /** The operator's file of payload keys. */
  Path payloadKeys() {
    return payloadKeys;
  }

  Sealer sealer() {
    return sealer;
  }

  /** Where its health endpoints are. */
  String httpUrl() {
    return process.httpUrl();
  }

  WaybillConfig config() {
    return config;
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  /** An organization that no other test uses. */
  static OrganizationId newOrganization() {
    return new OrganizationId("org-" + UUID.randomUUID());
  }

  /** Creates a webhook with quick retries and returns when it has been decided. */
  DestinationId createWebhook(
      OrganizationId organization, URI url, int maxRetries, Map<String, String> headers) {
    return createWebhook(organization, url, maxRetries, headers, WebhookConfig.Body.DATA);
  }

  /** The same for a webhook that gets this body. */
  DestinationId createWebhook(
      OrganizationId organization,
      URI url,
      int maxRetries,
      Map<String, String> headers,
      WebhookConfig.Body body) {
    return createWebhook(organization, url, maxRetries, headers, body, Fallback.none());
  }

  /** The same for a webhook with others to stand in for it. */
  DestinationId createWebhook(
      OrganizationId organization, URI url, int maxRetries, Fallback fallback) {
    return createWebhook(
        organization, url, maxRetries, Map.of(), WebhookConfig.Body.DATA, fallback);
  }

  private DestinationId createWebhook(
      OrganizationId organization,
      URI url,
      int maxRetries,
      Map<String, String> headers,
      WebhookConfig.Body body,
      Fallback fallback) {
    DestinationId id = new DestinationId(UUID.randomUUID().toString());
    DestinationResult result =
        command(create(organization, id, url, maxRetries, headers, body, fallback));
    if (result instanceof DestinationResult.Refused refused) {
      throw new AssertionError("refused: " + refused.errors());
    }
    return id;
  }

  /** The command that creates a webhook. */
  DestinationCommand create(
      OrganizationId organization,
      DestinationId id,
      URI url,
      int maxRetries,
      Map<String, String> headers) {
    return create(
        organization, id, url, maxRetries, headers, WebhookConfig.Body.DATA, Fallback.none());
  }

  private DestinationCommand create(
      OrganizationId organization,
      DestinationId id,
      URI url,
      int maxRetries,
      Map<String, String> headers,
      WebhookConfig.Body body,
      Fallback fallback) {
    WebhookConfig webhook =
        new WebhookConfig(
            url,
            "POST",
            List.copyOf(headers.keySet()),
            Duration.ofSeconds(5),
            Optional.of(new RetryConfig(maxRetries, RETRY_BASE, 2, Duration.ofSeconds(1))),
            body);
    List<SealedField> secrets = new ArrayList<>();
    headers.forEach((name, value) ->
        secrets.add(
            sealer.seal(
                organization,
                id,
                webhook,
                "webhook.headers." + name.toLowerCase(java.util.Locale.ROOT),
                Secret.of(value))));
    return new DestinationCommand(
        UUID.randomUUID(),
        organization,
        id,
        "test",
        Instant.now(),
        new DestinationCommand.Create(
            "webhook " + id, Optional.empty(), webhook, fallback, false, secrets));
  }

  /** Sends a destination command and returns its answer. */
  DestinationResult command(DestinationCommand command) {
    publish(
        Topics.DESTINATION_COMMANDS,
        command.organizationId().value(),
        codecs.destinationCommands().encode(Topics.DESTINATION_COMMANDS, command));
    ConsumerRecord<byte[], byte[]> answer =
        awaitRecord(Topics.DESTINATION_RESULTS, keyIs(command.commandId().toString()));
    return decode(() -> codecs.destinationResults().decode(answer.value()));
  }

  /** Publishes and waits for the acknowledgement. */
  RecordMetadata publish(String topic, @Nullable String key, byte @Nullable [] value) {
    try {
      return send(topic, null, key, value).get();
    } catch (ExecutionException e) {
      throw new AssertionError("not published to " + topic, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
    return producer.send(record);
  }

  Future<RecordMetadata> send(
      String topic, @Nullable Integer partition, @Nullable String key, byte @Nullable [] value) {
    byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    return producer.send(new ProducerRecord<>(topic, partition, keyBytes, value));
  }

  /** The newest status of the delivery, once it satisfies the condition. */
  DeliveryStatus awaitStatus(String deliveryId, Predicate<DeliveryStatus> condition) {
    ConsumerRecord<byte[], byte[]> record =
        awaitRecord(
            Topics.STATUS,
            keyIs(deliveryId)
                .and(found ->
                    condition.test(decode(() -> codecs.statuses().decode(found.value())))));
    return decode(() -> codecs.statuses().decode(record.value()));
  }

  /** The newest record of a topic that satisfies the condition. */
  ConsumerRecord<byte[], byte[]> awaitRecord(
      String topic, Predicate<ConsumerRecord<byte[], byte[]>> condition) {
    try (TopicReader reader = new TopicReader(bootstrapServers, topic)) {
      List<ConsumerRecord<byte[], byte[]>> records =
          reader.await(read -> read.stream().anyMatch(condition), SOON);
      return records.stream().filter(condition).reduce((first, second) -> second).orElseThrow();
    }
  }

  /** Everything that a topic holds now. */
  List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
    try (TopicReader reader = new TopicReader(bootstrapServers, topic)) {
      return reader.readToEnd();
    }
  }

  static Predicate<ConsumerRecord<byte[], byte[]>> keyIs(String key) {
    return record ->
        record.key() != null
            && record.value() != null
            && new String(record.key(), StandardCharsets.UTF_8).equals(key);
  }

  /** Decoding that must succeed. */
  interface Decoding<T> {
    T run() throws UndecodableException;
  }

  /** Decoding of what another test may have broken on purpose. */
  static <T> Optional<T> decodeGood(Decoding<T> decoding) {
    try {
      return Optional.of(decoding.run());
    } catch (UndecodableException e) {
      return Optional.empty();
    }
  }

  static <T> T decode(Decoding<T> decoding) {
    try {
      return decoding.run();
    } catch (UndecodableException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.close();
    producer.close();
    registry.close();
  }
}
