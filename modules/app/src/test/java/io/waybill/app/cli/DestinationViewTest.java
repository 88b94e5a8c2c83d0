package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.client.plan.DestinationPlan;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.SealedField;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.Sealer;
import io.waybill.wire.DestinationJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DestinationViewTest {
  private static final DestinationId ID = new DestinationId("d-1");

  private record Shown(String json, List<SealedField> secrets) {}

  @Test
  void theReadBackShowsFingerprintsOnly() {
    Shown shown =
        show(
            """
            {"organizationId": "o", "label": "l", "type": "webhook",
             "config": {"webhook": {"url": "https://h/x",
               "headers": {"Authorization": "Bearer t"}}}}
            """);

    assertThat(shown.json())
        .doesNotContain("Bearer")
        .contains(
            "\"Authorization\":\"**** (fingerprint "
                + shown.secrets().getFirst().fingerprint()
                + ")\"")
        .contains("\"url\":\"https://h/x\"");
  }

  /** A read-back that left it out would, applied again, be a wish for mails in clear. */
  @Test
  void theReadBackShowsEncryptionWithoutItsPassword() {
    Shown shown =
        show(
            """
            {"organizationId": "o", "label": "l", "type": "email",
             "config": {"email": {"service": "smtp", "smtpConfig": {"host": "smtp.x.com"},
               "from": "a@x.com", "subject": "s", "recipients": ["b@x.com"],
               "encryption": {"enabled": true, "password": "correct horse battery staple",
                              "coverTemplate": "{{date}}"}}}}
            """);

    assertThat(shown.json())
        .doesNotContain("horse")
        .contains(
            "\"encryption\":{\"enabled\":true,\"algorithm\":\"AES-256-GCM\",\"password\":\"****"
                + " (fingerprint "
                + shown.secrets().getFirst().fingerprint()
                + ")\",\"coverTemplate\":\"{{date}}\"}");
  }

  private static Shown show(String text) {
    DestinationJson.Valid wish =
        (DestinationJson.Valid) DestinationJson.parse(text.getBytes(StandardCharsets.UTF_8));
    Sealer sealer = new Sealer(Keyset.generate());
    DestinationPlan.Create made =
        (DestinationPlan.Create)
            DestinationPlan.of(
                wish,
                Optional.empty(),
                List.of(),
                () -> sealer,
                (organization, id, config, field) -> field,
                () -> ID);
    DestinationJson.Spec spec = wish.spec();
    Instant now = Instant.parse("2026-01-31T08:00:00Z");
    Destination destination =
        new Destination(
            ID,
            spec.organizationId(),
            spec.label(),
            spec.description(),
            spec.config(),
            spec.fallback(),
            false,
            true,
            false,
            1,
            now,
            now);

    List<SealedField> secrets = made.action().secrets();
    return new Shown(DestinationView.json(destination, secrets).toString(), secrets);
  }
}
