package io.waybill.channel.webhook;

import io.waybill.channel.Attempt;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RawJson;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.WebhookAuth;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookSigning;
import io.waybill.domain.WebhookTls;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Builds attempts; only what matters is spelled out. */
final class Attempts {
  static final Instant CREATED = Instant.parse("2026-03-01T10:15:30.123Z");
  static final OrganizationId ORGANIZATION = new OrganizationId("hospital-001");
  static final DestinationId DESTINATION = new DestinationId("hook-1");
  static final DeliveryId DELIVERY =
      DeliveryId.parse("8d2f4f9e-6b1c-4c58-9b7e-0a1b2c3d4e5f").orElseThrow();

  private String url = "http://127.0.0.1:1/";
  private String method = "POST";
  private final Map<String, String> headers = new LinkedHashMap<>();
  private Duration timeout = Duration.ofSeconds(10);
  private WebhookConfig.Body body = WebhookConfig.Body.DATA;
  private RawJson data = RawJson.of("{\"n\":1}");
  private RawJson metadata = RawJson.EMPTY_OBJECT;
  private String type = "report";
  private Optional<String> correlationId = Optional.empty();
  private List<String> tags = List.of();
  private final Map<String, String> credentials = new LinkedHashMap<>();
  private Optional<WebhookSigning> signing = Optional.empty();
  private Optional<WebhookAuth> auth = Optional.empty();
  private Optional<WebhookTls> tls = Optional.empty();
  private boolean gzip;
  private boolean errorExcerpt;
  private boolean confidential;
  private int number = 1;
  private long secretsVersion = 1;

  static Attempts anAttempt() {
    return new Attempts();
  }

  Attempts at(String newUrl) {
    url = newUrl;
    return this;
  }

  Attempts method(String newMethod) {
    method = newMethod;
    return this;
  }

  Attempts header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  Attempts timeout(Duration newTimeout) {
    timeout = newTimeout;
    return this;
  }

  Attempts envelope() {
    body = WebhookConfig.Body.ENVELOPE;
    return this;
  }

  Attempts data(String json) {
    data = RawJson.of(json);
    return this;
  }

  Attempts metadata(String json) {
    metadata = RawJson.of(json);
    return this;
  }

  Attempts type(String newType) {
    type = newType;
    return this;
  }

  Attempts correlationId(String id) {
    correlationId = Optional.of(id);
    return this;
  }

  Attempts tags(String... newTags) {
    tags = List.of(newTags);
    return this;
  }

  /** Signed with one secret. */
  Attempts signed(SigningAlgorithm algorithm, String secret) {
    WebhookSigning.Key key = WebhookSigning.Key.current(1, algorithm, Optional.empty());
    return signing(WebhookSigning.of(key)).credential(key.credentialName(), secret);
  }

  Attempts signing(WebhookSigning newSigning) {
    signing = Optional.of(newSigning);
    return this;
  }

  Attempts auth(WebhookAuth newAuth) {
    auth = Optional.of(newAuth);
    return this;
  }

  Attempts tls(WebhookTls newTls) {
    tls = Optional.of(newTls);
    return this;
  }

  /** The opened value of a sealed field. */
  Attempts credential(String name, String value) {
    credentials.put(name, value);
    return this;
  }

  Attempts gzip() {
    gzip = true;
    return this;
  }

  Attempts errorExcerpt() {
    errorExcerpt = true;
    return this;
  }

  /** Of a payload that is sealed in topics. */
  Attempts confidential() {
    confidential = true;
    return this;
  }

  Attempts number(int newNumber) {
    number = newNumber;
    return this;
  }

  Attempts secretsVersion(long version) {
    secretsVersion = version;
    return this;
  }

  /** Opens the header values that this attempt was built with. */
  CredentialSource credentials() {
    return (secrets, config) -> {
      Map<String, char[]> values = new LinkedHashMap<>();
      headers.forEach((name, value) ->
          values.put("webhook.headers." + name.toLowerCase(Locale.ROOT), value.toCharArray()));
      credentials.forEach((name, value) -> values.put(name, value.toCharArray()));
      return new CredentialSource.Opened(values);
    };
  }

  Attempt build() {
    WebhookConfig config =
        new WebhookConfig(
            URI.create(url),
            method,
            new ArrayList<>(headers.keySet()),
            timeout,
            Optional.empty(),
            body,
            signing,
            auth,
            tls,
            gzip,
            errorExcerpt);
    Destination destination =
        new Destination(
            DESTINATION,
            ORGANIZATION,
            "hook",
            Optional.empty(),
            config,
            Fallback.none(),
            false,
            true,
            false,
            1,
            CREATED,
            CREATED);
    Task task =
        new Task(
            TaskId.of(ORGANIZATION, DELIVERY, DESTINATION),
            ORGANIZATION,
            DELIVERY,
            DESTINATION,
            DestinationType.WEBHOOK,
            1,
            0,
            number - 1,
            type,
            new TaskPayload.Inline(data),
            metadata,
            correlationId,
            tags,
            5,
            CREATED,
            CREATED,
            Optional.empty(),
            0);
    DestinationSecrets secrets =
        new DestinationSecrets(DESTINATION, ORGANIZATION, secretsVersion, List.of());
    return new Attempt(task, destination, secrets, data, number, confidential);
  }
}
