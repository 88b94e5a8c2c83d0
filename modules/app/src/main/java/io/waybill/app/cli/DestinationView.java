package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.Destination;
import io.waybill.domain.SealedField;
import io.waybill.domain.WebhookConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How a destination is shown: the shape in which it was written, credentials masked. */
final class DestinationView {
  /** What a read-back has beside the definition. */
  static final List<String> SET_BY_WAYBILL =
      List.of("id", "enabled", "version", "createdAt", "updatedAt");

  private DestinationView() {}

  /**
   * The read-back.
   *
   * @param secrets its sealed fields, of which only the fingerprints are shown
   */
  static ObjectNode json(Destination destination, List<SealedField> secrets) {
    ObjectNode json =
        Json.object()
            .put("id", destination.id().value())
            .put("organizationId", destination.organizationId().value())
            .put("label", destination.label())
            .put("type", destination.type().word());
    destination.description().ifPresent(text -> json.put("description", text));
    json.put("isDefault", destination.isDefault())
        .put("enabled", destination.enabled())
        .put("version", destination.version())
        .put("createdAt", destination.createdAt().toString())
        .put("updatedAt", destination.updatedAt().toString());
    ObjectNode config = json.putObject("config");
    switch (destination.config()) {
      case WebhookConfig webhook -> write(webhook, secrets, config.putObject("webhook"));
    }
    return json;
  }

  private static void write(WebhookConfig webhook, List<SealedField> secrets, ObjectNode json) {
    json.put("url", webhook.url().toString()).put("method", webhook.method());
    Map<String, String> fingerprints = new HashMap<>();
    secrets.forEach(field -> fingerprints.put(field.name(), field.fingerprint()));
    ObjectNode headers = json.putObject("headers");
    for (String name : webhook.headerNames()) {
      String fingerprint = fingerprints.get(DestinationPlan.fieldName(name));
      headers.put(
          name,
          fingerprint == null
              ? DestinationPlan.MASK
              : DestinationPlan.MASK + " (fingerprint " + fingerprint + ")");
    }
    json.put("timeout", webhook.timeout().toMillis());
    webhook
        .retry()
        .ifPresent(retry ->
            json.putObject("retryConfig")
                .put("maxRetries", retry.maxRetries())
                .put("baseDelay", retry.baseDelay().toMillis())
                .put("backoffMultiplier", retry.backoffMultiplier())
                .put("maxBackoffDelay", retry.maxBackoffDelay().toMillis()));
    json.put("body", webhook.body().name().toLowerCase(Locale.ROOT));
  }

  /** Where it sends to, without what a URL's path and query could give away. */
  static String target(Destination destination) {
    return switch (destination.config()) {
      case WebhookConfig webhook ->
          webhook.url().getScheme() + "://" + webhook.url().getRawAuthority();
    };
  }
}
