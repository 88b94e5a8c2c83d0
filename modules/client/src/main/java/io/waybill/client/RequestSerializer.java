package io.waybill.client;

import io.waybill.domain.DeliveryRequest;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.RequestCodec;
import io.waybill.wire.RequestKeys;
import io.waybill.wire.SchemaRegistry;
import io.waybill.wire.Topics;
import io.waybill.wire.TraceHeaders;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Requests as values of Kafka records, for those who publish with a producer of their own (a
 * transactional one, say), from an outbox, or with Connect. JSON, or Avro when the producer's
 * configuration names a {@code schema.registry.url} (Confluent's keys; see {@link
 * HttpSchemaRegistry}). Safe to share between threads once it is configured.
 *
 * <p>{@link #record} gives the record whole: with the key that puts the request where it is
 * deduplicated. Payload sealing is not done here: see {@code PayloadSealer}.
 */
public final class RequestSerializer implements Serializer<DeliveryRequest> {
  private static final String REGISTRY_URL = "schema.registry.url";

  private RequestCodec codec;
  private boolean avro;

  /** For Kafka, which then calls {@link #configure}. JSON until it does. */
  public RequestSerializer() {
    codec = new Codecs(new NoRegistry()).requests();
  }

  private RequestSerializer(RequestCodec codec, boolean avro) {
    this.codec = codec;
    this.avro = avro;
  }

  /** Writes JSON. */
  public static RequestSerializer json() {
    return new RequestSerializer();
  }

  /** Writes Avro with a registry that is at hand. */
  public static RequestSerializer avro(SchemaRegistry registry) {
    return new RequestSerializer(new Codecs(registry).requests(), true);
  }

  /**
   * The record that publishes a request.
   *
   * @param request with a delivery id, as {@link RequestBuilder#build} gives it
   */
  public static ProducerRecord<String, DeliveryRequest> record(DeliveryRequest request) {
    return record(Topics.REQUESTS, request);
  }

  /**
   * The same for another of the installation's request topics.
   *
   * @param request with a delivery id
   */
  public static ProducerRecord<String, DeliveryRequest> record(
      String topic, DeliveryRequest request) {
    String unique =
        request
            .options()
            .idempotencyKey()
            .or(() -> request.deliveryId().map(Object::toString))
            .orElseThrow(() -> new IllegalArgumentException("the request has no delivery id"));
    return new ProducerRecord<>(topic, RequestKeys.of(request.organizationId(), unique), request);
  }

  /**
   * The record that publishes what the builder has, with the header of its {@link
   * RequestBuilder#traceParent}, if that was said.
   *
   * @throws RefusedException when the request is not valid
   */
  public static ProducerRecord<String, DeliveryRequest> record(RequestBuilder request) {
    return record(Topics.REQUESTS, request);
  }

  /** The same for another of the installation's request topics. */
  public static ProducerRecord<String, DeliveryRequest> record(
      String topic, RequestBuilder request) {
    ProducerRecord<String, DeliveryRequest> record = record(topic, request.build());
    TraceHeaders.write(record.headers(), Optional.ofNullable(request.trace()));
    return record;
  }

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    if (isKey) {
      throw new ConfigException("a request is a record's value, not its key");
    }
    if (configs.get(REGISTRY_URL) == null) {
      return;
    }
    Map<String, String> texts = new HashMap<>();
    configs.forEach((name, value) -> {
      if (value != null) {
        texts.put(name, value.toString());
      }
    });
    codec = new Codecs(new HttpSchemaRegistry(texts)).requests();
    avro = true;
  }

  /** Throws as {@link io.waybill.wire.Codec#encode} does, when it writes Avro. */
  @Override
  public byte @Nullable [] serialize(String topic, @Nullable DeliveryRequest request) {
    if (request == null) {
      return null;
    }
    return bytes(topic, request);
  }

  /** A request's value on the requests topic, for an outbox. Throws as {@link #serialize} does. */
  public byte[] bytes(DeliveryRequest request) {
    return bytes(Topics.REQUESTS, request);
  }

  private byte[] bytes(String topic, DeliveryRequest request) {
    return avro ? codec.encode(topic, request) : codec.encodeJson(request);
  }
}
