package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.BreakerTrace;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.WebhookConfig;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthViewTest {
  private static final Instant T = Instant.parse("2026-01-31T08:00:00Z");
  private static final OrganizationId HOSPITAL = new OrganizationId("hospital-001");

  private static Destination destination(boolean enabled, Instant updatedAt) {
    return new Destination(
        new DestinationId("siem"),
        HOSPITAL,
        "SIEM",
        Optional.empty(),
        new WebhookConfig(
            URI.create("https://siem.example/"),
            "POST",
            List.of(),
            Duration.ofSeconds(5),
            Optional.empty(),
            WebhookConfig.Body.DATA),
        Fallback.none(),
        false,
        enabled,
        false,
        3,
        T,
        updatedAt,
        enabled
            ? Optional.empty()
            : Optional.of(
                new Destination.SwitchedOff(T, "waybill.status", Optional.of("it failed"))));
  }

  private static Optional<DestinationHealth> failing(int failures) {
    BreakerTrace trace = BreakerTrace.none();
    for (int i = 0; i < failures; i++) {
      trace = trace.afterFailure(T);
    }
    return failing(failures, trace);
  }

  private static Optional<DestinationHealth> failing(int failures, BreakerTrace trace) {
    return Optional.of(
        new DestinationHealth(
                new DestinationId("siem"),
                HOSPITAL,
                DestinationType.WEBHOOK,
                DestinationHealth.Grade.of(failures),
                997,
                failures,
                failures,
                Optional.of(T),
                Optional.of(T),
                Optional.empty(),
                Optional.of(Reason.TIMEOUT),
                Duration.ofMillis(1_234),
                T,
                trace)
            .withBacklog(42));
  }

  private static HealthView view(Optional<DestinationHealth> health, Duration later) {
    return new HealthView(destination(true, T.minusSeconds(60)), health, T.plus(later));
  }

  @Test
  void showsStateFailuresRateLatencyBreakerAndBacklog() {
    assertThat(view(failing(3), Duration.ZERO).cells())
        .containsExactly(
            "siem",
            "SIEM",
            "webhook",
            "degraded",
            "3",
            "99.70%",
            "1234 ms",
            "closed",
            "42",
            "timeout");
  }

  @Test
  void aBreakerIsOpenForAMinuteThenProbed() {
    assertThat(view(failing(5), Duration.ofSeconds(59)).breaker()).isEqualTo("open");
    assertThat(view(failing(5), Duration.ofSeconds(60)).breaker()).isEqualTo("half-open");
    HealthView changed =
        new HealthView(destination(true, T.plusSeconds(1)), failing(5), T.plusSeconds(2));
    assertThat(changed.breaker()).as("its owner has changed it since").isEqualTo("closed");
  }

  @Test
  void aBreakerIsOpenForFiveMinutesAfterOneRefusalOfCredentials() {
    Optional<DestinationHealth> refused = failing(1, BreakerTrace.none().afterRefusal(T));

    assertThat(view(refused, Duration.ofSeconds(299)).breaker()).isEqualTo("open");
    assertThat(view(refused, Duration.ofSeconds(300)).breaker()).isEqualTo("half-open");
  }

  @Test
  void aDisabledDestinationSaysWhy() {
    HealthView view = new HealthView(destination(false, T), failing(10), T);

    assertThat(view.state()).isEqualTo("disabled");
    assertThat(view.json().path("disabledReason").asText()).isEqualTo("it failed");
  }

  @Test
  void nothingIsSaidOfWhatWasNeverTried() {
    HealthView view = view(Optional.empty(), Duration.ZERO);

    assertThat(view.state()).isEqualTo("unknown");
    assertThat(view.cells()).contains("closed", "0", "");
    assertThat(view.json().has("successRate")).isFalse();
  }
}
