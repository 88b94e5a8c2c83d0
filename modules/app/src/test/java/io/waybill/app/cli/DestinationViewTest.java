package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.client.plan.DestinationPlan;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
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

  @Test
  void theReadBackShowsFingerprintsOnly() {
    DestinationJson.Valid wish =
        (DestinationJson.Valid)
            DestinationJson.parse(
                """
                {"organizationId": "o", "label": "l", "type": "webhook",
                 "config": {"webhook": {"url": "https://h/x",
                   "headers": {"Authorization": "Bearer t"}}}}
                """
                    .getBytes(StandardCharsets.UTF_8));
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

    String json = DestinationView.json(destination, made.action().secrets()).toString();

    assertThat(json)
        .doesNotContain("Bearer")
        .contains(
            "\"Authorization\":\"**** (fingerprint "
                + made.action().secrets().getFirst().fingerprint()
                + ")\"")
        .contains("\"url\":\"https://h/x\"");
  }
}
