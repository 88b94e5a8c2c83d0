package io.waybill.client;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.FieldError;
import io.waybill.domain.Payload;
import io.waybill.domain.TraceParent;
import io.waybill.secrets.KeysetException;
import io.waybill.secrets.PayloadSealer;
import io.waybill.wire.RequestKeys;
import io.waybill.wire.TraceHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Publishes over the client's one producer. Safe to share between threads. */
final class Publisher implements AutoCloseable {
  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final RequestEncoding encoding;
  private final Optional<PayloadSealer> sealer;

  /**
   * @param topic of requests
   */
  Publisher(
      Producer<byte[], byte[]> producer,
      String topic,
      RequestEncoding encoding,
      Optional<PayloadSealer> sealer) {
    this.producer = producer;
    this.topic = topic;
    this.encoding = encoding;
    this.sealer = sealer;
  }

  /** A request's value, in the form that this client publishes. */
  @FunctionalInterface
  interface RequestEncoding {
    byte[] encode(DeliveryRequest request);
  }

  /**
   * Publishes a request. Blocks when the producer's buffer is full, for {@code max.block.ms} at
   * most; every failure comes through the future.
   *
   * @param request with an id
   * @param trace where the publisher stands in a trace, if that was said
   * @param published of the request's id
   */
  void publish(DeliveryRequest request, @Nullable TraceParent trace, Published published) {
    DeliveryId id = published.id;
    try {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, key(request, id), encoding.encode(sealed(request, id)));
      if (trace != null) {
        TraceHeaders.write(record.headers(), Optional.of(trace));
      }
      var unused = producer.send(record, published);
    } catch (RefusedException e) {
      published.completeExceptionally(e);
    } catch (RuntimeException e) {
      // The registry, or a producer that is closed: the caller looks at one place for failures.
      published.completeExceptionally(notPublished(id, e));
    }
  }

  private static byte[] key(DeliveryRequest request, DeliveryId id) {
    Optional<String> idempotencyKey = request.options().idempotencyKey();
    return idempotencyKey.isPresent()
        ? RequestKeys.of(request.organizationId(), idempotencyKey.get())
            .getBytes(StandardCharsets.UTF_8)
        : RequestKeys.bytesOf(request.organizationId(), id);
  }

  /**
   * What the caller waits on, and what the producer calls: one object for both, because as many of
   * these live as there are requests on their way, and each is looked at again when it is cold.
   */
  static final class Published extends CompletableFuture<DeliveryId> implements Callback {
    private final DeliveryId id;

    Published(DeliveryId id) {
      this.id = id;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception e) {
      if (e == null) {
        complete(id);
      } else {
        completeExceptionally(notPublished(id, e));
      }
    }
  }

  private static WaybillException notPublished(DeliveryId id, Exception e) {
    return new WaybillException(
        "delivery "
            + id
            + " was not acknowledged: "
            + e.getClass().getSimpleName()
            + ": "
            + e.getMessage()
            + ". Deliver it again with the same delivery id",
        e);
  }

  /** The request as it is published: sealed where there is a key for it, and never sealed twice. */
  private DeliveryRequest sealed(DeliveryRequest request, DeliveryId id) {
    if (sealer.isEmpty() || request.payload().sealed()) {
      return request;
    }
    PayloadSealer present = sealer.get();
    if (!present.seals(request.organizationId())) {
      // Whose payloads were sealed does not want the next one in clear.
      if (present.hadKey(request.organizationId())) {
        throw refused(
            "the payload key of the organization was destroyed, and its payloads are not published"
                + " in clear: make another key with `waybill keys payload create`");
      }
      return request;
    }
    try {
      Payload payload = present.seal(request.organizationId(), id, request.payload());
      return new DeliveryRequest(
          request.deliveryId(),
          request.organizationId(),
          request.destinations(),
          payload,
          request.options());
    } catch (IllegalArgumentException | KeysetException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  private static RefusedException refused(String why) {
    return new RefusedException(
        "the request was not published:",
        List.of(new FieldError("payload.data", "not-sealed", why)));
  }

  /** Publishes any other record and calls back when all in-sync replicas have it, or not. */
  CompletableFuture<String> publish(String topic, String key, byte[] value) {
    CompletableFuture<String> published = new CompletableFuture<>();
    try {
      var unused =
          producer.send(
              new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value),
              (metadata, e) -> {
                if (e == null) {
                  published.complete(key);
                } else {
                  published.completeExceptionally(e);
                }
              });
    } catch (KafkaException | IllegalStateException e) {
      published.completeExceptionally(e);
    }
    return published;
  }

  /** Returns when everything that was handed over is acknowledged or has failed. */
  void flush() {
    producer.flush();
  }

  /** Waits for what is on its way, for {@code delivery.timeout.ms} at most. */
  @Override
  public void close() {
    producer.close();
  }
}
