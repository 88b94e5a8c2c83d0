package io.waybill.destinations;

import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RetryConfig;
import io.waybill.domain.SealedField;
import io.waybill.domain.WebhookConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** Commands of two organizations; only what a test is about is spelled out there. */
final class Samples {
  static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  static final OrganizationId ORG = new OrganizationId("org-1");
  static final OrganizationId OTHER_ORG = new OrganizationId("org-2");
  static final DestinationId ID = new DestinationId("0b5f6e1a-7c1d-4f0e-9a55-2f6f3c1d0001");
  static final DestinationId SECOND_ID = new DestinationId("0b5f6e1a-7c1d-4f0e-9a55-2f6f3c1d0002");
  static final OptionalLong ANY_VERSION = OptionalLong.empty();

  private Samples() {}

  static DestinationCommand command(DestinationCommand.Action action) {
    return command(ORG, ID, action);
  }

  static DestinationCommand command(
      OrganizationId organization, DestinationId id, DestinationCommand.Action action) {
    return new DestinationCommand(
        UUID.randomUUID(), organization, id, "alice@org-1", NOW.minusSeconds(1), action);
  }

  static DestinationCommand.Create create(String label) {
    return create(label, config("X-Api-Key"), List.of(sealed("x-api-key", "first")));
  }

  static DestinationCommand.Create create(
      String label, WebhookConfig config, List<SealedField> secrets) {
    return new DestinationCommand.Create(
        label, Optional.of("for reports"), config, Fallback.none(), false, secrets);
  }

  static DestinationCommand.Update update(
      String label, WebhookConfig config, List<SealedField> secrets) {
    return new DestinationCommand.Update(
        label, Optional.of("for reports"), config, Fallback.none(), false, secrets, ANY_VERSION);
  }

  static WebhookConfig config(String... headerNames) {
    return configOf("https://hooks.example.com/in", headerNames);
  }

  static WebhookConfig configOf(String url, String... headerNames) {
    return new WebhookConfig(
        URI.create(url),
        "POST",
        List.of(headerNames),
        WebhookConfig.DEFAULT_TIMEOUT,
        Optional.of(new RetryConfig(3, Duration.ofSeconds(1), 2, Duration.ofSeconds(30))),
        WebhookConfig.Body.DATA);
  }

  /** A field whose fingerprint follows from the value, and whose ciphertext does too. */
  static SealedField sealed(String lowerHeaderName, String value) {
    return sealedAs(lowerHeaderName, value, "ciphertext of " + value);
  }

  static SealedField sealedAs(String lowerHeaderName, String value, String ciphertext) {
    return new SealedField(
        "webhook.headers." + lowerHeaderName,
        ciphertext.getBytes(StandardCharsets.UTF_8),
        String.format("%012x", value.hashCode() & 0xffffffffL));
  }
}
