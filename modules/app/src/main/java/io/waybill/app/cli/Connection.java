package io.waybill.app.cli;

import io.waybill.secrets.Keyset;
import io.waybill.secrets.Sealer;
import io.waybill.sender.GroupLag;
import io.waybill.wire.Codecs;
import io.waybill.wire.SchemaRegistry;
import io.waybill.wire.TopicCatalog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * One command's clients of Kafka, the registry and the keyset. Kafka was reached when it is opened;
 * everything else is made when it is first asked for. Used by one thread.
 *
 * <p>Time limits are short, since a person waits: a command against a broker that is not there ends
 * within ten seconds.
 */
final class Connection implements AutoCloseable {
  private static final int FETCH_WAIT_MILLIS = 50;
  private static final int API_TIMEOUT_MILLIS = 7_000;
  private static final int REQUEST_TIMEOUT_MILLIS = 4_000;
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

  private final String bootstrap;
  private final Map<String, String> client;
  private final Admin admin;
  private final Supplier<SchemaRegistry> registry;
  private final Optional<Supplier<Keyset>> keyset;
  private final Optional<Path> payloadKeys;
  private final Map<String, List<TopicPartition>> partitions = new HashMap<>();
  private final AtomicReference<@Nullable Exception> failedSend = new AtomicReference<>();
  private @Nullable Codecs codecs;
  private @Nullable Keyset loadedKeyset;
  private @Nullable Sealer sealer;
  private @Nullable KafkaProducer<String, byte[]> producer;

  private Connection(
      String bootstrap,
      Map<String, String> client,
      Admin admin,
      Supplier<SchemaRegistry> registry,
      Optional<Supplier<Keyset>> keyset,
      Optional<Path> payloadKeys) {
    this.bootstrap = bootstrap;
    this.client = client;
    this.admin = admin;
    this.registry = registry;
    this.keyset = keyset;
    this.payloadKeys = payloadKeys;
  }

  /**
   * Connects.
   *
   * @param client further properties of the Kafka clients
   * @param keyset when it is known where it is
   * @param payloadKeys of a Waybill that runs here
   * @throws CliException when no broker answers in time or it does not let this client in
   */
  static Connection open(
      String bootstrap,
      Map<String, String> client,
      Supplier<SchemaRegistry> registry,
      Optional<Supplier<Keyset>> keyset,
      Optional<Path> payloadKeys) {
    Map<String, Object> settings = settings(bootstrap, client);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS);
    Admin admin;
    try {
      admin = Admin.create(settings);
    } catch (KafkaException e) {
      // A host name that does not resolve, or a property that is wrong.
      throw CliException.unreachable(
          "no Kafka client for "
              + bootstrap
              + " could be made: "
              + Messages.of(e.getCause() == null ? e : e.getCause())
              + ". Check --bootstrap-server and --command-config",
          e);
    }
    Connection connection = new Connection(bootstrap, client, admin, registry, keyset, payloadKeys);
    try {
      connection.get(admin.describeCluster().clusterId());
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  /** The codecs over the registry. */
  Codecs codecs() {
    Codecs present = codecs;
    if (present == null) {
      present = new Codecs(registry.get());
      codecs = present;
    }
    return present;
  }

  /** Seals with the installation's keyset. */
  Sealer sealer() {
    Sealer present = sealer;
    if (present == null) {
      present = new Sealer(keyset());
      sealer = present;
    }
    return present;
  }

  /**
   * The installation's keyset.
   *
   * @throws CliException when it is not known where it is
   */
  Keyset keyset() {
    Keyset present = loadedKeyset;
    if (present == null) {
      present =
          keyset
              .orElseThrow(() ->
                  CliException.usage(
                      "credentials are sealed and opened with the installation's keyset, and it is"
                          + " not known where that is: give --keyset FILE"))
              .get();
      loadedKeyset = present;
    }
    return present;
  }

  /** The file of payload keys of the Waybill that runs here. */
  Optional<Path> payloadKeys() {
    return payloadKeys;
  }

  /** Whether it is known where the keyset is. */
  boolean hasKeyset() {
    return keyset.isPresent();
  }

  /**
   * The partitions of a topic, in order.
   *
   * @throws CliException when there is no such topic
   */
  List<TopicPartition> partitions(String topic) {
    List<TopicPartition> known = partitions.get(topic);
    if (known != null) {
      return known;
    }
    TopicDescription found;
    try {
      found =
          Objects.requireNonNull(
              get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic));
    } catch (CliException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        throw CliException.failed(
            "Kafka at "
                + bootstrap
                + " has no topic "
                + topic
                + ". Is it the right cluster? `waybill topics apply` makes Waybill's topics");
      }
      throw e;
    }
    List<TopicPartition> all =
        found.partitions().stream().map(p -> new TopicPartition(topic, p.partition())).toList();
    partitions.put(topic, all);
    return all;
  }

  /** Whether there is such a topic. */
  boolean has(String topic) {
    return get(admin.listTopics().names()).contains(topic);
  }

  /** How far groups are behind. */
  GroupLag groupLag() {
    return new GroupLag(admin, Duration.ofMillis(API_TIMEOUT_MILLIS));
  }

  /** A new consumer of committed records without a group; its owner closes it. */
  KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> settings = settings(bootstrap, client);
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    // A fetch that waits at a topic's end keeps its connection, and so the command's end, waiting.
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(
        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 2 * TopicCatalog.MAX_RECORD_BYTES);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Publishes a record and returns when all in-sync replicas have it. */
  void send(String topic, String key, byte[] value) {
    partitions(topic);
    try {
      producer().send(new ProducerRecord<>(topic, key, value)).get();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    }
  }

  /**
   * Publishes a record without waiting for it. What goes wrong is thrown by the next call of this
   * or of {@link #flush}. Waits while too many bytes are on their way.
   */
  void sendSoon(String topic, String key, byte[] value) {
    throwFailure();
    partitions(topic);
    try {
      var _ =
          producer()
              .send(
                  new ProducerRecord<>(topic, key, value),
                  (_, e) -> {
                    if (e != null) {
                      failedSend.compareAndSet(null, e);
                    }
                  });
    } catch (KafkaException e) {
      throw failure(e);
    }
  }

  /** Returns when all in-sync replicas have what was published. */
  void flush() {
    producer().flush();
    throwFailure();
  }

  private void throwFailure() {
    Exception e = failedSend.get();
    if (e != null) {
      throw failure(e);
    }
  }

  private KafkaProducer<String, byte[]> producer() {
    KafkaProducer<String, byte[]> present = producer;
    if (present == null) {
      Map<String, Object> settings = settings(bootstrap, client);
      settings.put(ProducerConfig.ACKS_CONFIG, "all");
      settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
      settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
      settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, API_TIMEOUT_MILLIS);
      settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS);
      settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, TopicCatalog.MAX_RECORD_BYTES);
      present = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
      producer = present;
    }
    return present;
  }

  private static Map<String, Object> settings(String bootstrap, Map<String, String> client) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "waybill.cli");
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    return settings;
  }

  private <T> T get(org.apache.kafka.common.KafkaFuture<T> future) {
    try {
      return future.get(API_TIMEOUT_MILLIS + 1_000L, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (java.util.concurrent.TimeoutException e) {
      throw failure(new TimeoutException(e));
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    }
  }

  private static CliException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return CliException.failed("interrupted (" + e.getClass().getSimpleName() + ")");
  }

  /** A client's failure in words. */
  CliException failure(Throwable e) {
    if (e instanceof TimeoutException) {
      return CliException.unreachable(
          "Kafka cannot be reached at "
              + bootstrap
              + ": no answer within "
              + API_TIMEOUT_MILLIS / 1_000
              + " s. Check the address, that the broker runs, and that --command-config fits"
              + " (a TLS listener does not answer a plain client)",
          e);
    }
    if (e instanceof AuthenticationException || e instanceof AuthorizationException) {
      return CliException.unreachable(
          "Kafka at "
              + bootstrap
              + " does not let this client in: "
              + Messages.of(e)
              + ". Check the user in --command-config and its ACLs",
          e);
    }
    if (e instanceof RecordTooLargeException) {
      return CliException.failed(
          "Kafka at " + bootstrap + " refused the record as too large: " + Messages.of(e));
    }
    return CliException.failed("Kafka at " + bootstrap + " failed: " + Messages.of(e), e);
  }

  @Override
  public void close() {
    if (producer != null) {
      producer.close(CLOSE_WITHIN);
    }
    admin.close(CLOSE_WITHIN);
  }
}
