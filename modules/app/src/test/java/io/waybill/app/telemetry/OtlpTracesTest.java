package io.waybill.app.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.TraceParent;
import io.waybill.domain.Traces;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class OtlpTracesTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final URI NOBODY = URI.create("http://127.0.0.1:9");

  private final AtomicInteger asked = new AtomicInteger();
  private final DeliveryId delivery = DeliveryId.random();
  private final Supplier<Traces.Step> step =
      () -> {
        asked.incrementAndGet();
        return new Traces.Step(
            "attempt",
            Traces.Kind.CLIENT,
            Instant.EPOCH,
            Instant.EPOCH,
            Map.of(),
            Optional.empty());
      };

  private Optional<TraceParent> add(double ratio, Optional<TraceParent> parent) {
    try (OtlpTraces traces = new OtlpTraces(new TelemetryConfig.Otlp(NOBODY, ratio), "test")) {
      return traces.add(parent, delivery, step);
    }
  }

  @Test
  void whatIsNotKeptIsNotEvenAskedFor() {
    assertThat(add(0.0, Optional.empty())).isEmpty();
    assertThat(asked).hasValue(0);
  }

  @Test
  void aPublisherWhoKeepsNoTraceIsFollowed() {
    Optional<TraceParent> parent = TraceParent.parse("00-" + TRACE + "-00f067aa0ba902b7-00");

    assertThat(add(1.0, parent)).isEqualTo(parent);
    assertThat(asked).hasValue(0);
  }

  @Test
  void aPublisherWhoKeepsOneGetsEveryStep() {
    TraceParent after =
        add(0.0, TraceParent.parse("00-" + TRACE + "-00f067aa0ba902b7-01")).orElseThrow();

    assertThat(asked).hasValue(1);
    assertThat(after.traceId()).isEqualTo(TRACE);
    assertThat(after.spanId()).isNotEqualTo("00f067aa0ba902b7");
    assertThat(after.isSampled()).isTrue();
  }

  @Test
  void oneOfItsOwnHasTheDeliverysId() {
    TraceParent after = add(1.0, Optional.empty()).orElseThrow();

    assertThat(after.traceId()).isEqualTo(delivery.toString().replace("-", ""));
    assertThat(after.isSampled()).isTrue();
  }
}
