package io.waybill.client;

import io.waybill.domain.OrganizationId;
import io.waybill.domain.RequestRules;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.PayloadKeys;
import io.waybill.secrets.PayloadSealer;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.RequestCodec;
import io.waybill.wire.StatusJson;
import io.waybill.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What a {@link WaybillClient} is made with. Kafka's address is needed; without a registry requests
 * are published and statuses read as JSON, and destinations, cancel and retry cannot be asked for.
 */
public final class WaybillClientBuilder {
  private static final Duration USUAL_ANSWER = Duration.ofSeconds(30);

  private final Map<String, String> kafka = new HashMap<>();
  private Map<String, String> registry = Map.of();
  private Optional<Keyset> keyset = Optional.empty();
  private Optional<PayloadKeys> payloadKeys = Optional.empty();
  private Optional<OrganizationId> organization = Optional.empty();
  private String actor = "sdk";
  private Duration answerWithin = USUAL_ANSWER;
  private String requestTopic = Topics.REQUESTS;

  WaybillClientBuilder() {}

  /** {@code host:port}, several separated by commas. */
  public WaybillClientBuilder bootstrapServers(String servers) {
    kafka.put("bootstrap.servers", servers);
    return this;
  }

  /**
   * Further properties of the Kafka clients: security, {@code buffer.memory}, {@code max.block.ms},
   * {@code linger.ms}, {@code compression.type}. {@code acks} stays {@code all}.
   */
  public WaybillClientBuilder kafka(Map<String, String> properties) {
    kafka.putAll(properties);
    return this;
  }

  /** The schema registry's URL. */
  public WaybillClientBuilder schemaRegistry(String url) {
    return schemaRegistry(Map.of("schema.registry.url", url));
  }

  /** The same with Confluent's keys, as {@link HttpSchemaRegistry} takes them. */
  public WaybillClientBuilder schemaRegistry(Map<String, String> properties) {
    registry = Map.copyOf(properties);
    return this;
  }

  /**
   * The file of the keyset that destinations' credentials are sealed with. Only who creates or
   * updates destinations needs it: whoever has it can open every credential.
   *
   * @throws io.waybill.secrets.KeysetException when it cannot be read, or others can read it too
   */
  public WaybillClientBuilder keyset(Path file) {
    return keyset(Keyset.load(file));
  }

  /** The same for one that is loaded. */
  public WaybillClientBuilder keyset(Keyset loaded) {
    keyset = Optional.of(loaded);
    return this;
  }

  /**
   * The file of the keys that payloads are sealed with. Payloads of organizations that have a key
   * in it are sealed before they are published.
   *
   * @throws io.waybill.secrets.KeysetException when it cannot be read, or others can read it too
   */
  public WaybillClientBuilder payloadKeys(Path file) {
    return payloadKeys(PayloadKeys.load(file));
  }

  /** The same for keys that are loaded. */
  public WaybillClientBuilder payloadKeys(PayloadKeys loaded) {
    payloadKeys = Optional.of(loaded);
    return this;
  }

  /**
   * The one organization that the client asks for. Deliveries and destinations of others are then
   * not there: the same answers as for ids that nobody has, after a security event on {@code
   * waybill.audit}, which this client's user must be allowed to write to; a request, a destination
   * or a list of another organization is refused. It keeps a program that may read every topic from
   * reaching into the wrong organization; it replaces no ACL. Without it the client asks for all.
   */
  public WaybillClientBuilder organization(OrganizationId id) {
    organization = Optional.of(id);
    return this;
  }

  /**
   * The same.
   *
   * @throws IllegalArgumentException when the organization id has a wrong form
   */
  public WaybillClientBuilder organization(String id) {
    return organization(new OrganizationId(id));
  }

  /**
   * Who asks, for the audit trail: the name of a service. {@code sdk} when it is not said.
   *
   * @throws IllegalArgumentException when no audit record can hold it
   */
  public WaybillClientBuilder actor(String name) {
    if (!RequestRules.isActor(name)) {
      // Waybill would make a dead letter of each of its commands.
      throw new IllegalArgumentException(
          "actor must have 1 to "
              + RequestRules.MAX_ACTOR_LENGTH
              + " characters and no control characters");
    }
    actor = name;
    return this;
  }

  /**
   * The topic that requests are published to, where the operator has given organizations topics of
   * their own; {@code waybill.requests} when it is not said. It must be one of {@code
   * requestTopics} in the service's configuration, and may speak for the organizations that stand
   * there.
   */
  public WaybillClientBuilder requestTopic(String topic) {
    requestTopic = topic;
    return this;
  }

  /** How long a method waits for an answer at most; 30 seconds when it is not said. */
  public WaybillClientBuilder answerWithin(Duration time) {
    answerWithin = time;
    return this;
  }

  /**
   * Makes the client. Kafka is first asked when something is delivered or asked for.
   *
   * @throws WaybillException when a property is wrong or Kafka's address does not resolve
   */
  public WaybillClient build() {
    if (kafka.getOrDefault("bootstrap.servers", "").isBlank()) {
      throw new WaybillException("bootstrap.servers is missing: give Kafka's address");
    }
    try {
      return build(
          new KafkaProducer<>(
              KafkaSettings.producer(kafka), new ByteArraySerializer(), new ByteArraySerializer()),
          () ->
              new KafkaConsumer<>(
                  KafkaSettings.consumer(kafka),
                  new ByteArrayDeserializer(),
                  new ByteArrayDeserializer()));
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new WaybillException(
          "no Kafka client could be made: "
              + cause.getMessage()
              + ". Check bootstrap.servers and the security properties",
          e);
    }
  }

  /** The same over other clients of Kafka. */
  WaybillClient build(
      Producer<byte[], byte[]> producer, Supplier<Consumer<byte[], byte[]>> consumers) {
    Optional<Codecs> codecs =
        registry.isEmpty()
            ? Optional.empty()
            : Optional.of(new Codecs(new HttpSchemaRegistry(registry)));
    InstantSource clock = InstantSource.system();
    Publisher publisher =
        new Publisher(
            producer,
            requestTopic,
            encoding(codecs, requestTopic),
            payloadKeys.map(PayloadSealer::new));
    TopicFeed feed = new TopicFeed(consumers);
    Waiting waiting = new Waiting(feed);
    StatusWatch watch =
        codecs
            .map(present -> new StatusWatch(feed, Topics.STATUS, present.statuses()::decode))
            .orElseGet(() -> new StatusWatch(feed, Topics.STATUS_JSON, StatusJson::decode));
    Asking asking =
        new Asking(organization, codecs, publisher, waiting, clock, actor, answerWithin);
    Optional<Destinations> destinations =
        codecs.map(present ->
            new Destinations(
                publisher, feed, waiting, present, keyset, asking, clock, actor, answerWithin));
    Deliveries deliveries = new Deliveries(publisher, watch, waiting, asking, clock, answerWithin);
    DeliveryCommands commands =
        new DeliveryCommands(
            deliveries,
            publisher,
            waiting,
            command ->
                codecs.orElseThrow(NoRegistry::none).commands().encode(Topics.COMMANDS, command),
            new Refusals(feed, codecs),
            asking,
            clock,
            actor,
            answerWithin);
    return new WaybillClient(publisher, feed, deliveries, commands, destinations);
  }

  private static Publisher.RequestEncoding encoding(Optional<Codecs> codecs, String topic) {
    if (codecs.isEmpty()) {
      return new Codecs(new NoRegistry()).requests()::encodeJson;
    }
    RequestCodec requests = codecs.get().requests();
    return request -> requests.encode(topic, request);
  }
}
