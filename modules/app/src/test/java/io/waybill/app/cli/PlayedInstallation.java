package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.app.cli.Cli.Ran;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationType;
import io.waybill.embedded.EmbeddedBroker;
import io.waybill.embedded.EmbeddedBrokerConfig;
import io.waybill.embedded.EmbeddedRegistry;
import io.waybill.embedded.EmbeddedRegistryConfig;
import io.waybill.secrets.Keyset;
import io.waybill.testkit.TestTopics;
import io.waybill.testkit.TopicReader;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.TopicSpec;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.BeforeAll;

/**
 * The commands against a real broker and registry, which the tests of this JVM share; the
 * topologies' answers are played.
 */
abstract class PlayedInstallation {
  /** A destination, with a label to be filled in. */
  static final String SIEM =
      """
      {"organizationId": "hospital-001", "label": "%s", "type": "webhook",
       "config": {"webhook": {"url": "https://siem.hospital.com/api?token=hidden",
         "headers": {"Authorization": "Bearer s3cr3t-value"}, "timeout": 15000}}}
      """;

  static Path folder;
  static Codecs codecs;
  static Answerer answerer;
  static String kafka;

  @BeforeAll
  static synchronized void startOnce() throws Exception {
    if (answerer != null) {
      return;
    }
    folder = Files.createTempDirectory("waybill-cli");
    // Not the shared broker: there the real topologies answer on the same topics.
    EmbeddedBroker broker = new EmbeddedBroker(new EmbeddedBrokerConfig(folder.resolve("data"), 0));
    broker.start();
    kafka = broker.bootstrapServers();
    for (TopicSpec topic :
        TopicCatalog.topics(TopicCatalog.EMBEDDED_PARTITIONS, Set.of(DestinationType.WEBHOOK))) {
      TestTopics.create(kafka, topic.name(), topic.partitions(), topic.configs());
    }
    EmbeddedRegistry registry =
        new EmbeddedRegistry(new EmbeddedRegistryConfig(folder.resolve("data"), 0));
    registry.start();
    codecs = new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", registry.url())));
    Keyset.loadOrCreateDevelopment(folder.resolve("data/keyset.json"));
    Files.writeString(
        folder.resolve("data/endpoint.properties"),
        "bootstrap.servers=%s\nschema.registry.url=%s\nkeyset=%s\nallow.cidrs=127.0.0.0/8,fd00::/8\n"
            .formatted(kafka, registry.url(), folder.resolve("data/keyset.json")));
    answerer = new Answerer(kafka, codecs);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              answerer.close();
              registry.close();
              broker.close();
              deleteFolder();
            }));
  }

  private static void deleteFolder() {
    try {
      Utils.delete(folder.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Ran run(String... arguments) {
    return runWithInput("", arguments);
  }

  static Ran runWithInput(String input, String... arguments) {
    return run(Cli.in(folder), input, arguments);
  }

  static Ran run(Cli cli, String input, String... arguments) {
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--data-dir";
    all[arguments.length + 1] = "data";
    return cli.runWithInput(input, all);
  }

  static String ok(Ran ran) {
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    return ran.out().strip();
  }

  static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    return TopicReader.readAll(kafka, topic);
  }

  /** What the audit trail holds of an organization. */
  static List<AuditRecord> audits(String organization) {
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

  static String request(DeliveryId id) {
    return """
    {"deliveryId": "%s", "organizationId": "hospital-001", "destinations": ["siem"],
     "payload": {"type": "report", "data": {}}}
    """
        .formatted(id);
  }
}
