package io.waybill.fanout;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.WebhookConfig;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Test data: only what matters to a test is spelled out there. */
final class Samples {
  static final OrganizationId HOSPITAL = new OrganizationId("hospital-001");
  static final OrganizationId CLINIC = new OrganizationId("clinic-002");
  private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");

  private Samples() {}

  static DestinationBuilder destination(String id) {
    return new DestinationBuilder(id);
  }

  static RequestBuilder request(String... destinations) {
    return new RequestBuilder(destinations);
  }

  static final class DestinationBuilder {
    private final DestinationId id;
    private OrganizationId organization = HOSPITAL;
    private boolean isDefault;
    private boolean enabled = true;
    private boolean deleted;
    private long version = 1;

    private DestinationBuilder(String id) {
      this.id = new DestinationId(id);
    }

    DestinationBuilder of(OrganizationId owner) {
      organization = owner;
      return this;
    }

    DestinationBuilder asDefault() {
      isDefault = true;
      return this;
    }

    DestinationBuilder disabled() {
      enabled = false;
      return this;
    }

    DestinationBuilder deleted() {
      deleted = true;
      return this;
    }

    DestinationBuilder version(long number) {
      version = number;
      return this;
    }

    Destination build() {
      return new Destination(
          id,
          organization,
          "label of " + id,
          Optional.empty(),
          new WebhookConfig(
              URI.create("https://hooks.example/in"),
              "POST",
              List.of(),
              WebhookConfig.DEFAULT_TIMEOUT,
              Optional.empty(),
              WebhookConfig.Body.DATA),
          Fallback.none(),
          isDefault,
          enabled,
          deleted,
          version,
          CREATED,
          CREATED);
    }
  }

  static final class RequestBuilder {
    private final DestinationSelection destinations;
    private Optional<DeliveryId> id = Optional.empty();
    private OrganizationId organization = HOSPITAL;
    private RawJson data = RawJson.of("{\"n\":1.10}");
    private RawJson metadata = RawJson.of("{\"retentionDays\":-1}");
    private int priority = 5;
    private Optional<String> key = Optional.empty();
    private Optional<Instant> deliverAt = Optional.empty();
    private Optional<Instant> expiresAt = Optional.empty();

    private RequestBuilder(String... ids) {
      destinations =
          ids.length == 0
              ? new DestinationSelection.Defaults()
              : new DestinationSelection.Named(Arrays.stream(ids).map(DestinationId::new).toList());
    }

    RequestBuilder id(DeliveryId deliveryId) {
      id = Optional.of(deliveryId);
      return this;
    }

    RequestBuilder of(OrganizationId owner) {
      organization = owner;
      return this;
    }

    RequestBuilder data(String json) {
      data = RawJson.of(json);
      return this;
    }

    RequestBuilder metadata(String json) {
      metadata = RawJson.of(json);
      return this;
    }

    RequestBuilder priority(int number) {
      priority = number;
      return this;
    }

    RequestBuilder key(String idempotencyKey) {
      key = Optional.of(idempotencyKey);
      return this;
    }

    RequestBuilder deliverAt(Instant at) {
      deliverAt = Optional.of(at);
      return this;
    }

    RequestBuilder expiresAt(Instant at) {
      expiresAt = Optional.of(at);
      return this;
    }

    DeliveryRequest build() {
      return new DeliveryRequest(
          id,
          organization,
          destinations,
          new Payload("report", data, metadata),
          new DeliveryOptions(
              priority, key, Optional.of("corr-1"), List.of("a", "b"), deliverAt, expiresAt));
    }
  }
}
