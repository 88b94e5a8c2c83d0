package io.waybill.destinations;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.OrganizationId;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The topology in a test driver, read and written in the words of the domain. */
final class TopologyFixture implements AutoCloseable {
  final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  final Codecs codecs = new Codecs(registry);
  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> commands;
  private final TestInputTopic<byte[], byte[]> published;
  private Instant now = Samples.NOW;

  TopologyFixture(Path folder, DestinationsConfig config) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, DestinationsTopology.APPLICATION_ID);
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    driver =
        new TopologyTestDriver(
            new DestinationsTopology(codecs, () -> now, config, OperatorRules.none()).build(),
            properties,
            now);
    var bytes = new ByteArraySerializer();
    commands = driver.createInputTopic(Topics.DESTINATION_COMMANDS, bytes, bytes);
    published = driver.createInputTopic(Topics.DESTINATIONS, bytes, bytes);
  }

  /** A record without value reads as empty. */
  record Read<T>(String key, Optional<T> value, byte @Nullable [] bytes, Instant timestamp) {
    T get() {
      return value.orElseThrow();
    }
  }

  Instant now() {
    return now;
  }

  /** Lets time pass, and what is due happen. */
  void advance(Duration duration) {
    now = now.plus(duration);
    driver.advanceWallClockTime(duration);
  }

  void send(DestinationCommand command) {
    sendKeyed(command.organizationId().value(), command);
  }

  void sendKeyed(@Nullable String key, DestinationCommand command) {
    sendRaw(key, codecs.destinationCommands().encode(Topics.DESTINATION_COMMANDS, command));
  }

  void sendRaw(@Nullable String key, byte @Nullable [] value) {
    commands.pipeInput(key == null ? null : utf8(key), value);
  }

  /** Puts a record onto the destinations topic as if another partition's task had. */
  void publish(DestinationId id, byte @Nullable [] value) {
    published.pipeInput(utf8(id.value()), value);
  }

  /** Sends a command and gives its one answer. */
  DestinationResult answer(DestinationCommand command) {
    send(command);
    List<Read<DestinationResult>> results = results();
    if (results.size() != 1) {
      throw new AssertionError("one answer was expected, not " + results);
    }
    return results.getFirst().get();
  }

  List<Read<Destination>> destinations() {
    return read(Topics.DESTINATIONS, codecs.destinations());
  }

  List<Read<DestinationSecrets>> secrets() {
    return read(Topics.DESTINATION_SECRETS, codecs.destinationSecrets());
  }

  List<Read<DestinationResult>> results() {
    return read(Topics.DESTINATION_RESULTS, codecs.destinationResults());
  }

  List<Read<AuditRecord>> audits() {
    return read(Topics.AUDIT, codecs.audits());
  }

  List<Read<DeadLetter>> deadLetters() {
    return read(Topics.DEAD_LETTERS, codecs.deadLetters());
  }

  /** Reads all outputs away, so that a test sees only what comes after. */
  void skip() {
    destinations();
    secrets();
    results();
    audits();
    deadLetters();
  }

  /** Entries of a store whose key starts so. */
  long entries(String store, OrganizationId organization) {
    long count = 0;
    try (var all = driver.<String, Object>getKeyValueStore(store).all()) {
      while (all.hasNext()) {
        count += all.next().key.contains(organization + "") ? 1 : 0;
      }
    }
    return count;
  }

  boolean remembers(OrganizationId organization, UUID commandId) {
    return driver.getKeyValueStore(DestinationState.DECIDED).get(organization + "/" + commandId)
        != null;
  }

  private <T> List<Read<T>> read(String topic, Codec<T> codec) {
    var output =
        driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
    return output.readRecordsToList().stream().map(record -> decoded(record, codec)).toList();
  }

  private static <T> Read<T> decoded(TestRecord<String, byte[]> record, Codec<T> codec) {
    byte[] bytes = record.value();
    try {
      return new Read<>(
          record.key(),
          bytes == null ? Optional.empty() : Optional.of(codec.decode(bytes)),
          bytes,
          record.getRecordTime());
    } catch (UndecodableException e) {
      throw new AssertionError("the topology wrote what cannot be read", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    driver.close();
  }
}
