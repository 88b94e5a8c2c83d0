package io.waybill.bench;

import io.waybill.app.Role;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.Sealer;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What every benchmark has around it: a broker, a registry and receivers in processes of their own,
 * Waybill's topics, and destinations that point at the receivers. For one thread.
 */
final class Lab implements AutoCloseable {
  static final String TASKS = Topics.tasks(Traffic.TYPE);

  /** How the names of folders begin that are of no use after the run. */
  static final String DATA = "data";

  static final Duration READY = Duration.ofMinutes(3);
  private static final Duration SOON = Duration.ofSeconds(10);
  static final List<String> SUPPORT = List.of("-XX:+UseSerialGC", "-Xmx1g");

  /** Rolled early, so that what has been measured does not stay on the disk. */
  private static final String SEGMENT_BYTES = Integer.toString(64 * 1024 * 1024);

  /** More than any side's backlog in one partition, which must not go before it is read. */
  private static final String RETENTION_BYTES = Integer.toString(1024 * 1024 * 1024);

  private final Path folder;
  private final Options options;
  private final List<Child> children = new ArrayList<>();
  private final Child broker;
  private final Child receiver;
  private final String bootstrapServers;
  private final String registryUrl;
  private final Targets targets;
  private final Path keyset;
  private final Sealer sealer;
  private final Codecs codecs;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Admin admin;
  private final DeliveredCount deliveredCount;
  private boolean hasSucceeded;

  /** What the receivers speak. */
  enum Transport {
    PLAIN,
    /** HTTPS, with a certificate of an authority that is made for this laboratory. */
    TLS
  }

  /** Starts everything, with receivers that speak plain HTTP. */
  Lab(Options options) {
    this(options, Transport.PLAIN);
  }

  /** Starts everything; what is measured comes later, by {@link #start}. */
  Lab(Options options, Transport transport) {
    this.options = options;
    try {
      folder = Files.createTempDirectory("waybill-bench-");
    } catch (IOException e) {
      throw new BenchException("no temporary folder for the broker's data", e);
    }
    options.profile().ifPresent(Lab::create);
    keyset = folder.resolve("keyset.json");
    Keyset keys = Keyset.generate();
    keys.save(keyset);
    sealer = new Sealer(keys);
    broker = start("broker", BrokerMain.class, SUPPORT, folder.resolve(DATA).toString());
    Path authority = folder.resolve("authority.crt");
    List<String> receivers = new ArrayList<>(List.of(Integer.toString(options.ports())));
    if (transport == Transport.TLS) {
      Path keyStore = folder.resolve("receivers.p12");
      Certificates.make(authority, keyStore);
      receivers.add(keyStore.toString());
    }
    receiver = start("receiver", ReceiverMain.class, SUPPORT, receivers.toArray(new String[0]));
    String[] addresses = broker.awaitReady(READY).split(" ", -1);
    bootstrapServers = addresses[0];
    registryUrl = addresses[1];
    targets =
        new Targets(
            Arrays.stream(receiver.awaitReady(READY).split(" ", -1)).map(Integer::valueOf).toList(),
            transport == Transport.TLS ? Optional.of(authority) : Optional.empty());
    codecs = new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", registryUrl)));
    admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    createTopics(admin);
    deliveredCount = new DeliveredCount(bootstrapServers, options.partitions(), codecs);
    producer = producer(bootstrapServers);
    publishDestinations(options.destinations(), producer, codecs);
  }

  /** A producer of loads; the caller closes it. */
  KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "acks",
            "all",
            "linger.ms",
            options.lingerMillis(),
            "batch.size",
            64 * 1024,
            "buffer.memory",
            64 * 1024 * 1024,
            // Leaders of new topics are not at work at once.
            "max.in.flight.requests.per.connection",
            1),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** A JVM told to record into a folder that is missing records nothing, and says so nowhere. */
  private static void create(Path folder) {
    try {
      var _ = Files.createDirectories(folder);
    } catch (IOException e) {
      throw new BenchException("the folder " + folder + " for the profiles cannot be made", e);
    }
  }

  /** Starts a process that ends with the laboratory. */
  Child start(String name, Class<?> main, List<String> jvmArguments, String... args) {
    Child child = Child.start(name, main, folder, jvmArguments, List.of(args));
    children.add(child);
    return child;
  }

  /** Starts a process that is measured: the collector of {@code bin/waybill}. */
  Child startSubject(String name, Class<?> main, String... args) {
    return startSubject(name, "1g", main, args);
  }

  /**
   * The same with another heap.
   *
   * @param heap as behind {@code -Xmx}; a process that needs more ends
   */
  Child startSubject(String name, String heap, Class<?> main, String... args) {
    List<String> arguments =
        new ArrayList<>(List.of("-XX:+UseSerialGC", "-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError"));
    options
        .profile()
        .ifPresent(into ->
            arguments.add(
                "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename="
                    + into.resolve(name + ".jfr").toAbsolutePath()));
    Child child = start(name, main, arguments, args);
    child.awaitReady(READY);
    return child;
  }

  /** Makes Waybill's topics, and the bare loop's. */
  void createTopics(Admin admin) {
    Set<DestinationType> types = options.isInstallation() ? Role.SENT_TYPES : Set.of(Traffic.TYPE);
    List<NewTopic> topics = new ArrayList<>();
    TopicCatalog.topics(options.partitions(), types)
        .forEach(topic -> topics.add(topic(topic.name(), topic.partitions(), topic.configs())));
    await("the topics", admin.createTopics(topics).all().toCompletionStage());
  }

  /** Makes a topic for payloads with nothing around them, for one side to read. */
  void createBareTopic(String name) {
    NewTopic topic = topic(name, options.partitions(), Map.of("cleanup.policy", "delete"));
    await("the topic " + name, admin.createTopics(List.of(topic)).all().toCompletionStage());
  }

  private NewTopic topic(String name, int partitions, Map<String, String> configs) {
    Map<String, String> all = new HashMap<>(configs);
    if ("delete".equals(configs.get("cleanup.policy"))) {
      all.put("segment.bytes", SEGMENT_BYTES);
      if (!options.isInstallation()) {
        // The service does not start on a topic that may drop what nobody has read yet.
        all.put("retention.bytes", RETENTION_BYTES);
      }
    }
    return new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(all);
  }

  /** Waits for what the broker answers. */
  static <T> T await(String what, CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new BenchException("the broker did not give " + what, e);
    }
  }

  /** Publishes that many destinations; those beyond the ports share them, by their paths. */
  void publishDestinations(int count, KafkaProducer<byte[], byte[]> to, Codecs with) {
    Instant now = Instant.now();
    List<Future<RecordMetadata>> writes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] key = key(i);
      Destination destination = Traffic.destination(i, targets.url(i), now);
      writes.add(
          to.send(
              new ProducerRecord<>(
                  Topics.DESTINATION_SECRETS,
                  key,
                  with.destinationSecrets()
                      .encode(Topics.DESTINATION_SECRETS, Traffic.secrets(destination, sealer)))));
      writes.add(
          to.send(
              new ProducerRecord<>(
                  Topics.DESTINATIONS,
                  key,
                  with.destinations().encode(Topics.DESTINATIONS, destination))));
    }
    written(writes);
  }

  static byte[] key(int destination) {
    return Traffic.destinationId(destination).value().getBytes(StandardCharsets.UTF_8);
  }

  /** Puts a task where fan-out would; not waited for. */
  Future<RecordMetadata> task(int destination, byte[] payload) {
    return producer.send(
        new ProducerRecord<>(
            TASKS,
            key(destination),
            codecs.tasks().encode(TASKS, Traffic.task(destination, payload, Instant.now()))));
  }

  /** Puts a payload onto a topic of payloads; not waited for. */
  Future<RecordMetadata> bare(String topic, int destination, byte[] payload) {
    return producer.send(new ProducerRecord<>(topic, key(destination), payload));
  }

  /** Waits until all is written. */
  static void written(List<Future<RecordMetadata>> writes) {
    for (Future<RecordMetadata> write : writes) {
      try {
        var _ = write.get(60, TimeUnit.SECONDS);
      } catch (InterruptedException | ExecutionException | TimeoutException e) {
        throw new BenchException("the load could not be written", e);
      }
    }
  }

  /** How many deliveries the sender has recorded so far. */
  long delivered() {
    return delivered(Traffic.ORGANIZATION);
  }

  /** How many deliveries of an organization have been recorded so far. */
  long delivered(OrganizationId organization) {
    return deliveredCount.read(organization);
  }

  /** How many records of a topic a group has committed, from the topic's beginning. */
  long committed(String group, String topic) {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        await(
            "the offsets of " + group,
            admin
                .listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .toCompletionStage());
    return offsets.entrySet().stream()
        .filter(entry -> entry.getKey().topic().equals(topic))
        .mapToLong(entry -> entry.getValue().offset())
        .sum();
  }

  /** How many of those deliveries are of a task that had been delivered before. */
  long deliveredAgain() {
    return deliveredCount.repeated();
  }

  /** Lets a group that has no member forget what it has not read of a topic. */
  void skipToEnd(String group, String topic) {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    for (int i = 0; i < options.partitions(); i++) {
      latest.put(new TopicPartition(topic, i), OffsetSpec.latest());
    }
    Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
    await("the ends of " + topic, admin.listOffsets(latest).all().toCompletionStage())
        .forEach((partition, end) -> ends.put(partition, new OffsetAndMetadata(end.offset())));
    var _ =
        await(
            "the group's new offsets",
            admin.alterConsumerGroupOffsets(group, ends).all().toCompletionStage());
  }

  /** Requests that the receivers have got so far. */
  long received() {
    return Long.parseLong(receiver.order(SOON, "received"));
  }

  /** The same of each destination. */
  long[] receivedOfEach() {
    return Arrays.stream(receiver.order(SOON, "received-of-each").split(" ", -1))
        .mapToLong(Long::parseLong)
        .toArray();
  }

  /** Connections that are open at the receivers, idle ones too. */
  long connections() {
    return Long.parseLong(receiver.order(READY, "connections"));
  }

  Child receiver() {
    return receiver;
  }

  Child broker() {
    return broker;
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  String registryUrl() {
    return registryUrl;
  }

  /** A place in the folder of this run, which goes with it. */
  Path place(String name) {
    return folder.resolve(name);
  }

  Path keyset() {
    return keyset;
  }

  Targets targets() {
    return targets;
  }

  /** CPU time of all processes of this benchmark, this one too. */
  Duration cpu() {
    Duration sum = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    for (Child child : children) {
      sum = sum.plus(child.cpu());
    }
    return sum;
  }

  /** What is left behind is of no use any more; without this {@link #close} leaves the folder. */
  void succeeded() {
    hasSucceeded = true;
  }

  /** Ends all processes, the measured ones first. */
  @Override
  public void close() {
    producer.close(SOON);
    admin.close(SOON);
    deliveredCount.close();
    children.reversed().forEach(Child::close);
    if (hasSucceeded) {
      delete(folder);
    } else {
      System.err.println("The logs are in " + folder + "; delete it when you have read them.");
      deleteData();
    }
  }

  /** Of every broker; the logs stay. */
  private void deleteData() {
    try (Stream<Path> inside = Files.list(folder)) {
      inside.filter(path -> path.getFileName().toString().startsWith(DATA)).forEach(Lab::delete);
    } catch (IOException e) {
      System.err.println("The folder " + folder + " could not be read: " + e.getMessage());
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      System.err.println("The folder " + folder + " could not be deleted: " + e.getMessage());
    }
  }
}
