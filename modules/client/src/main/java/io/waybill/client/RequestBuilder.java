package io.waybill.client;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.TraceParent;
import io.waybill.wire.RequestCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One delivery request while it is being written. Used by one thread, for one request.
 *
 * <pre>{@code
 * waybill.deliver(
 *     request("hospital-001", "report")
 *         .to(complianceEmail, siemWebhook)
 *         .data(Map.of("reportId", "daily-2026-01-31", "totalEvents", 1250))
 *         .priority(7));
 * }</pre>
 */
public final class RequestBuilder {
  private static final int MOST_QUOTED = 60;

  private final OrganizationId organization;
  private final String type;
  private Optional<DeliveryId> id = Optional.empty();
  private DestinationSelection destinations = new DestinationSelection.Named(List.of());
  private @Nullable RawJson data;
  private RawJson metadata = RawJson.EMPTY_OBJECT;
  private int priority = DeliveryOptions.DEFAULT_PRIORITY;
  private Optional<String> idempotencyKey = Optional.empty();
  private Optional<String> correlationId = Optional.empty();
  private List<String> tags = List.of();
  private Optional<Instant> deliverAt = Optional.empty();
  private Optional<Instant> expiresAt = Optional.empty();
  private @Nullable TraceParent trace;

  private RequestBuilder(OrganizationId organization, String type) {
    this.organization = organization;
    this.type = type;
  }

  /**
   * A request of an organization.
   *
   * @param type an open word of yours: {@code report}, {@code phi-access}
   * @throws IllegalArgumentException when the organization id has a wrong form
   */
  public static RequestBuilder request(String organizationId, String type) {
    return new RequestBuilder(new OrganizationId(organizationId), type);
  }

  /** The same for an id that is one already. */
  public static RequestBuilder request(OrganizationId organization, String type) {
    return new RequestBuilder(organization, type);
  }

  /** To these destinations; the same one twice gets it once. */
  public RequestBuilder to(DestinationId... ids) {
    return to(Arrays.asList(ids));
  }

  /** To these destinations. */
  public RequestBuilder to(SavedDestination... saved) {
    return to(Arrays.stream(saved).map(SavedDestination::id).toList());
  }

  /** To these destinations. */
  public RequestBuilder to(Collection<DestinationId> ids) {
    destinations = new DestinationSelection.Named(List.copyOf(ids));
    return this;
  }

  /** To the organization's enabled default destinations. */
  public RequestBuilder toDefaults() {
    destinations = new DestinationSelection.Defaults();
    return this;
  }

  /**
   * What is delivered: maps, lists, strings, numbers, booleans, times (as ISO 8601) and null; or a
   * {@link RawJson}, which is taken at its word that it is JSON.
   *
   * @throws IllegalArgumentException when something in it is not such a plain value, or is what
   *     Waybill takes from nobody: two keys of a map with the same text, a number of more than
   *     1,000 characters, a name of more than 10,000 bytes. It says where
   */
  public RequestBuilder data(@Nullable Object value) {
    data = value instanceof RawJson raw ? raw : JsonData.of(value);
    return this;
  }

  /** What is delivered, byte for byte: one JSON value. */
  public RequestBuilder dataJson(String json) {
    return dataJson(json.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The same as bytes in UTF-8, up to 10 MiB. Not copied: do not change them.
   *
   * @throws RefusedException when they are not one JSON value
   */
  public RequestBuilder dataJson(byte[] json) {
    data = checked("payload.data", json, false);
    return this;
  }

  /** What is said about the data: an object of plain values, as with {@link #data}. */
  public RequestBuilder metadata(Map<String, ?> values) {
    metadata = JsonData.of(values);
    return this;
  }

  /**
   * The same, byte for byte: one JSON object.
   *
   * @throws RefusedException when it is none
   */
  public RequestBuilder metadataJson(String json) {
    metadata = checked("payload.metadata", json.getBytes(StandardCharsets.UTF_8), true);
    return this;
  }

  /** 0 (lowest) to 10; 5 when it is not said. From 8 on it travels on the express topics. */
  public RequestBuilder priority(int value) {
    priority = value;
    return this;
  }

  /** Requests of the organization with the same key are one delivery, for 24 hours. */
  public RequestBuilder idempotencyKey(String key) {
    idempotencyKey = Optional.of(key);
    return this;
  }

  /** Your own name for what this belongs to; comes back in status and events. */
  public RequestBuilder correlationId(String value) {
    correlationId = Optional.of(value);
    return this;
  }

  /** Words of yours that come back in status and events. */
  public RequestBuilder tags(String... words) {
    tags = List.of(words);
    return this;
  }

  /** Not before this time, which may be five days ahead at most. */
  public RequestBuilder deliverAt(Instant time) {
    deliverAt = Optional.of(time);
    return this;
  }

  /** Not sent any more after this time. */
  public RequestBuilder expiresAt(Instant time) {
    expiresAt = Optional.of(time);
    return this;
  }

  /** An id of your choice, so that asking again with the same id is still one delivery. */
  public RequestBuilder deliveryId(DeliveryId value) {
    id = Optional.of(value);
    return this;
  }

  /**
   * Where this stands in a trace of yours: a W3C Trace Context {@code traceparent}, such as {@code
   * 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01}. What Waybill does with the request
   * hangs below that span. It becomes a header of the request's record; whoever has OpenTelemetry's
   * instrumentation of Kafka's clients has that header already and need not call this.
   *
   * @throws IllegalArgumentException when it has another form
   */
  public RequestBuilder traceParent(String value) {
    trace =
        TraceParent.parse(value)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "traceParent '"
                        + value.substring(0, Math.min(value.length(), MOST_QUOTED))
                        + "' is none of W3C Trace Context, version 00: 00-<32 hex>-<16 hex>-<2"
                        + " hex>, in lower case, with ids that are not all zeros"));
    return this;
  }

  /** The place in a trace, if it was said. Not part of the request: a header of its record. */
  @Nullable TraceParent trace() {
    return trace;
  }

  /** Whether the delivery id is the caller's, who may have used it before. */
  boolean hasOwnId() {
    return id.isPresent();
  }

  /**
   * The request, with an id. It is checked by the rules that fan-out holds it to, so that what is
   * wrong shows here; but for those that depend on the time, which {@link WaybillClient#deliver}
   * looks at.
   *
   * @throws RefusedException naming every wrong field
   */
  public DeliveryRequest build() {
    RawJson present = data;
    if (present == null) {
      throw new RefusedException(
          "the request is not valid, and was not published:",
          List.of(new FieldError("payload.data", "required", "is missing: say what is delivered")));
    }
    DeliveryRequest request =
        new DeliveryRequest(
            Optional.of(id.orElseGet(DeliveryId::random)),
            organization,
            destinations,
            new Payload(type, present, metadata),
            new DeliveryOptions(
                priority, idempotencyKey, correlationId, tags, deliverAt, expiresAt));
    List<FieldError> errors = RequestCodec.check(request);
    if (!errors.isEmpty()) {
      throw new RefusedException("the request is not valid, and was not published:", errors);
    }
    return request;
  }

  private static RawJson checked(String field, byte[] json, boolean mustBeObject) {
    RawJson raw = new RawJson(json);
    if (!RequestCodec.isJson(raw, mustBeObject)) {
      throw new RefusedException(
          "the request is not valid, and was not published:",
          List.of(
              new FieldError(
                  field,
                  "invalid",
                  "must be one JSON " + (mustBeObject ? "object" : "value") + " in UTF-8")));
    }
    return raw;
  }
}
