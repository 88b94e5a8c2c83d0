package io.waybill.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.Sealer;
import io.waybill.secrets.Secret;
import io.waybill.wire.Codecs;
import io.waybill.wire.DestinationJson;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The destinations of a run: their ids are what the receivers know themselves by. */
final class Destinations {
  static final OrganizationId ORGANIZATION = new OrganizationId("org-soak");

  /** Ids are UUIDs; with these they begin, by type. */
  static final String WEBHOOK = "11111111-";

  static final String EMAIL = "22222222-";
  static final String STORAGE = "33333333-";

  static final List<String> WEBHOOKS = ids(WEBHOOK, 12);
  static final List<String> MAILBOXES = ids(EMAIL, 3);
  static final List<String> BUCKETS = ids(STORAGE, 3);

  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(60);

  /** Many tries, soon: nothing is to be given up while it is broken on purpose. */
  private static final String RETRIES =
      "\"timeout\":5000,\"retryConfig\":{\"maxRetries\":40,\"baseDelay\":200,"
          + "\"backoffMultiplier\":1.5,\"maxBackoffDelay\":2000}";

  private Destinations() {}

  private static List<String> ids(String type, int count) {
    return IntStream.range(0, count).mapToObj(number -> id(type, number)).toList();
  }

  /** The id of the n-th of a type, from 0. */
  static String id(String type, int number) {
    return type + "0000-4000-8000-" + "%012d".formatted(number);
  }

  /** The webhooks that are always well. */
  static Set<String> well() {
    Set<String> well = new HashSet<>(WEBHOOKS);
    well.removeAll(
        Set.of(Webhooks.UNAVAILABLE_AT_FIRST, Webhooks.REFUSES, Webhooks.SAYS_WHEN, Roster.MORTAL));
    return well;
  }

  /** Creates all, and returns when each has been accepted. */
  static void create(Cluster cluster, Receivers receivers, Path keyset) {
    Codecs codecs =
        new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", cluster.registryUrl())));
    Sealer sealer = new Sealer(Keyset.loadOrCreateDevelopment(keyset).keyset());
    Set<String> asked = new HashSet<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", cluster.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      Stream.of(WEBHOOKS, MAILBOXES, BUCKETS)
          .flatMap(List::stream)
          .map(id -> command(id, json(id, receivers), sealer))
          .forEach(command -> {
            asked.add(command.commandId().toString());
            var _ =
                producer.send(
                    new ProducerRecord<>(
                        Topics.DESTINATION_COMMANDS,
                        ORGANIZATION.value().getBytes(UTF_8),
                        codecs.destinationCommands().encode(Topics.DESTINATION_COMMANDS, command)));
          });
      producer.flush();
    }
    awaitAnswers(cluster, codecs, asked);
  }

  private static String json(String id, Receivers receivers) {
    if (id.startsWith(EMAIL)) {
      return """
      {"organizationId":"%s","label":"%s","type":"email","config":{"email":{
       "service":"smtp","smtpConfig":{"host":"127.0.0.1","port":%d,"secure":false},
       "from":"soak@soak.example","subject":"Soak","bodyTemplate":"Number {{number}}",
       "recipients":["%s@soak.example"],%s}}}\
      """
          .formatted(ORGANIZATION, id, receivers.link(Roster.SMTP_LINK).port(), id, RETRIES);
    }
    if (id.startsWith(STORAGE)) {
      return """
      {"organizationId":"%s","label":"%s","type":"storage","config":{"storage":{
       "provider":"s3","config":{"region":"us-east-1","bucket":"%s",
       "endpoint":"http://127.0.0.1:%d","forcePathStyle":true,
       "accessKeyId":"soak-key-id","secretAccessKey":"soak-secret-access-key"},
       "path":"/audit/{organizationId}/",%s}}}\
      """
          .formatted(ORGANIZATION, id, id, receivers.link(Roster.S3_LINK).port(), RETRIES);
    }
    String link = id.equals(Roster.MORTAL) ? Roster.MORTAL_LINK : Roster.HTTP_LINK;
    return """
    {"organizationId":"%s","label":"%s","type":"webhook","config":{"webhook":{
     "url":"http://127.0.0.1:%d/hook/%s",%s}}}\
    """
        .formatted(ORGANIZATION, id, receivers.link(link).port(), id, RETRIES);
  }

  private static DestinationCommand command(String name, String json, Sealer sealer) {
    if (!(DestinationJson.parse(json.getBytes(UTF_8)) instanceof DestinationJson.Valid wish)) {
      throw new SoakException(
          "the destination "
              + name
              + " is not valid: "
              + DestinationJson.parse(json.getBytes(UTF_8)));
    }
    DestinationId id = new DestinationId(name);
    DestinationJson.Spec spec = wish.spec();
    List<SealedField> sealed = new ArrayList<>();
    wish.credentials()
        .forEach((field, value) ->
            sealed.add(sealer.seal(ORGANIZATION, id, spec.config(), field, Secret.of(value))));
    return new DestinationCommand(
        UUID.randomUUID(),
        ORGANIZATION,
        id,
        "soak",
        Instant.now(),
        new DestinationCommand.Create(
            spec.label(),
            spec.description(),
            spec.config(),
            spec.fallback(),
            spec.isDefault(),
            sealed));
  }

  private static void awaitAnswers(Cluster cluster, Codecs codecs, Set<String> asked) {
    Set<String> left = new HashSet<>(asked);
    long deadline = System.nanoTime() + ANSWERED_WITHIN.toNanos();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                cluster.bootstrapServers(),
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.DESTINATION_RESULTS).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (!left.isEmpty()) {
        if (System.nanoTime() > deadline) {
          throw new SoakException(left.size() + " destinations were not decided on");
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          if (codecs.destinationResults().decode(record.value())
              instanceof DestinationResult.Refused refused) {
            throw new SoakException("a destination was refused: " + refused.errors());
          }
          left.remove(new String(record.key(), UTF_8));
        }
      }
    } catch (UndecodableException e) {
      throw new SoakException("an answer about a destination cannot be read", e);
    }
  }
}
