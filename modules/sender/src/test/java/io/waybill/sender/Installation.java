package io.waybill.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.channel.Channel;
import io.waybill.domain.Control;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationType;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.RetryPolicy;
import io.waybill.domain.Task;
import io.waybill.embedded.EmbeddedBroker;
import io.waybill.embedded.EmbeddedBrokerConfig;
import io.waybill.testkit.KafkaFixture;
import io.waybill.testkit.TopicReader;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker with Waybill's topics, and what a test does around a sender. */
final class Installation implements AutoCloseable {
  static final DestinationType TYPE = DestinationType.WEBHOOK;
  private static final int PARTITIONS = 3;
  private static final Duration WITHIN = Duration.ofSeconds(60);

  final InMemorySchemaRegistry registry = registry();
  final Codecs codecs = new Codecs(registry);
  private final KafkaFixture broker;
  private final KafkaProducer<byte[], byte[]> producer;

  /** On a broker in this JVM. */
  Installation(Path folder) {
    this(inThisJvm(folder));
  }

  /** On that broker, which is closed with it. */
  Installation(KafkaFixture broker) {
    this.broker = broker;
    createTopics();
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", bootstrap(),
                "max.request.size", 13_000_000,
                // Leaders of new topics are not at work yet: a first batch that is refused while
                // later ones are under way leaves the sequence out of order for good.
                "max.in.flight.requests.per.connection", 1),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  private static KafkaFixture inThisJvm(Path folder) {
    EmbeddedBroker started = new EmbeddedBroker(new EmbeddedBrokerConfig(folder, 0));
    started.start();
    return new KafkaFixture() {
      @Override
      public String bootstrapServers() {
        return started.bootstrapServers();
      }

      @Override
      public void close() {
        started.close();
      }
    };
  }

  /** One that gives every JVM the same ids. */
  static InMemorySchemaRegistry registry() {
    InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    Stream.of(
            io.waybill.avro.Task.getClassSchema(),
            io.waybill.avro.ParkedTask.getClassSchema(),
            io.waybill.avro.DeliveryEvent.getClassSchema(),
            io.waybill.avro.DeadLetter.getClassSchema(),
            io.waybill.avro.Destination.getClassSchema(),
            io.waybill.avro.DestinationSecrets.getClassSchema(),
            io.waybill.avro.Control.getClassSchema(),
            io.waybill.avro.DeliveryCommand.getClassSchema())
        .forEach(schema -> registry.register(schema.getName(), schema.toString()));
    return registry;
  }

  private void createTopics() {
    List<NewTopic> topics =
        TopicCatalog.topics(PARTITIONS, Set.of(TYPE)).stream()
            .map(topic ->
                new NewTopic(topic.name(), Optional.of(topic.partitions()), Optional.empty())
                    .configs(topic.configs()))
            .toList();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
      admin.createTopics(topics).all().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("no topics", e);
    }
  }

  String bootstrap() {
    return broker.bootstrapServers();
  }

  /** A sender whose limits suit tests. */
  Sender sender(String instance, Channel channel) {
    return sender(instance, channel, SenderLimits.defaults(), codecs);
  }

  static SenderLimits limits(int inFlight, int perPartition) {
    return new SenderLimits(
        inFlight,
        perPartition,
        1_000_000,
        1_000_000,
        Duration.ofMillis(20),
        1_000,
        Duration.ofSeconds(2),
        Duration.ofSeconds(8),
        Duration.ofSeconds(20),
        new LaneLimits(10_000, Double.POSITIVE_INFINITY, 10_000));
  }

  Sender sender(String instance, Channel channel, SenderLimits limits, Codecs over) {
    return sender(bootstrap(), instance, channel, limits, over);
  }

  static Sender sender(
      String bootstrap, String instance, Channel channel, SenderLimits limits, Codecs over) {
    return new Sender(
        new SenderConfig(
            TYPE,
            instance,
            Map.of("bootstrap.servers", bootstrap),
            limits,
            RetryPolicy.defaults(),
            BreakerPolicy.defaults(),
            Duration.ofSeconds(30)),
        over,
        channel,
        InstantSource.system(),
        new SplittableRandom(1));
  }

  void publish(Destination destination) {
    put(
        Topics.DESTINATION_SECRETS,
        destination.id().value(),
        codecs
            .destinationSecrets()
            .encode(
                Topics.DESTINATION_SECRETS,
                TestTasks.secrets(destination.id(), destination.version())));
    put(
        Topics.DESTINATIONS,
        destination.id().value(),
        codecs.destinations().encode(Topics.DESTINATIONS, destination));
  }

  void publish(Control control) {
    put(Topics.CONTROL, control.key(), codecs.controls().encode(Topics.CONTROL, control));
  }

  /** Puts the task where fan-out would. */
  RecordMetadata publish(Task task) {
    String topic = Topics.tasks(TYPE, task.isExpress());
    return put(topic, task.destinationId().value(), codecs.tasks().encode(topic, task));
  }

  /** Puts the tasks into one partition, in order. */
  void publish(int partition, List<Task> tasks) {
    String topic = Topics.tasks(TYPE);
    List<Future<RecordMetadata>> sends =
        tasks.stream()
            .map(task ->
                producer.send(
                    new ProducerRecord<>(
                        topic,
                        partition,
                        task.destinationId().value().getBytes(UTF_8),
                        codecs.tasks().encode(topic, task))))
            .toList();
    sends.forEach(send -> written(topic, send));
  }

  RecordMetadata put(String topic, String key, byte[] value) {
    return written(topic, producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value)));
  }

  private static RecordMetadata written(String topic, Future<RecordMetadata> send) {
    try {
      return send.get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("could not write to " + topic, e);
    }
  }

  /** Events once there are so many; all of them, in their order per delivery. */
  List<TaskEvent> awaitEvents(int count) {
    return await(Topics.EVENTS, count).stream()
        .map(record -> (TaskEvent) read(codecs.events(), record))
        .toList();
  }

  List<ParkedTask> awaitParked(int count) {
    return await(Topics.retry(TYPE), count).stream()
        .map(record -> read(codecs.parkedTasks(), record))
        .toList();
  }

  List<DeliveryCommand> awaitCommands(int count) {
    return await(Topics.COMMANDS, count).stream()
        .map(record -> read(codecs.commands(), record))
        .toList();
  }

  List<DeadLetter> awaitDeadLetters(int count) {
    return await(Topics.DEAD_LETTERS, count).stream()
        .map(record -> read(codecs.deadLetters(), record))
        .toList();
  }

  /** Reads to the end after the count is reached, so that one too many shows. */
  private List<ConsumerRecord<byte[], byte[]>> await(String topic, int count) {
    try (TopicReader reader = new TopicReader(bootstrap(), topic)) {
      reader.awaitCount(count, WITHIN);
      return reader.readToEnd();
    }
  }

  private static <T> T read(Codec<T> codec, ConsumerRecord<byte[], byte[]> record) {
    try {
      return codec.decode(record.value());
    } catch (UndecodableException e) {
      throw new AssertionError(record.topic() + "@" + record.offset(), e);
    }
  }

  /** The group's committed offset, or -1. */
  long committed(String topic, int partition) {
    return commit(topic, partition).map(OffsetAndMetadata::offset).orElse(-1L);
  }

  /** The group's commit. */
  Optional<OffsetAndMetadata> commit(String topic, int partition) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          admin
              .listConsumerGroupOffsets(SenderConfig.groupId(TYPE))
              .partitionsToOffsetAndMetadata()
              .get(30, TimeUnit.SECONDS);
      return Optional.ofNullable(offsets.get(new TopicPartition(topic, partition)));
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("no offsets", e);
    }
  }

  /** Sets the commit of the group, which must have no member. */
  void setCommit(String topic, int partition, OffsetAndMetadata commit) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
      admin
          .alterConsumerGroupOffsets(
              SenderConfig.groupId(TYPE), Map.of(new TopicPartition(topic, partition), commit))
          .all()
          .get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("no commit", e);
    }
  }

  /** Fences the producer of an instance, as another process of the same id would. */
  void fence(String instance) {
    try (KafkaProducer<byte[], byte[]> other =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap(),
                "transactional.id",
                SenderConfig.transactionalId(TYPE, instance)),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      other.initTransactions();
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
    broker.close();
  }
}
