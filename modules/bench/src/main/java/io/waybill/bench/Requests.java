package io.waybill.bench;

import io.waybill.client.RequestSerializer;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What a user would publish: requests in Avro under the record keys that the documentation says.
 */
final class Requests {
  private final Codecs codecs;
  private final int destinations;

  /** By what fan-out tells whether it has seen a request before. */
  enum Recognition {
    /** A delivery id, whose place is that of the record: as the SDK publishes. */
    ID,
    /** An idempotency key, likewise, and no delivery id. */
    KEY,
    /**
     * Both: as the SDK publishes a request with an idempotency key. They belong to different
     * partitions, and fan-out passes the request from one to the other.
     */
    ID_AND_KEY
  }

  /**
   * Requests of one organization.
   *
   * @param destinations that there are
   */
  Requests(Codecs codecs, int destinations) {
    this.codecs = codecs;
    this.destinations = destinations;
  }

  /**
   * A new request.
   *
   * @param first number of the first destination; further ones follow it
   * @param count destinations of this request
   */
  DeliveryRequest make(Recognition recognition, int first, int count, byte[] payload) {
    boolean hasId = recognition != Recognition.KEY;
    boolean hasKey = recognition != Recognition.ID;
    DeliveryOptions usual = DeliveryOptions.defaults();
    List<DestinationId> to =
        IntStream.range(first, first + count)
            .mapToObj(number -> Traffic.destinationId(number % destinations))
            .toList();
    return new DeliveryRequest(
        hasId ? Optional.of(DeliveryId.random()) : Optional.empty(),
        Traffic.ORGANIZATION,
        new DestinationSelection.Named(to),
        new Payload("report", new RawJson(payload), RawJson.EMPTY_OBJECT),
        hasKey
            ? new DeliveryOptions(
                usual.priority(),
                Optional.of("event-" + UUID.randomUUID()),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty())
            : usual);
  }

  /** The record that publishes it. */
  ProducerRecord<byte[], byte[]> record(DeliveryRequest request) {
    return new ProducerRecord<>(
        Topics.REQUESTS,
        RequestSerializer.record(request).key().getBytes(StandardCharsets.UTF_8),
        codecs.requests().encode(Topics.REQUESTS, request));
  }
}
