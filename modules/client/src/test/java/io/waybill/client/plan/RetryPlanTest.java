package io.waybill.client.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawJson;
import io.waybill.domain.TaskId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetryPlanTest {
  private static final DestinationStatus DELIVERED = one("a", DestinationState.DELIVERED, 0);
  private static final DestinationStatus FAILED = one("b", DestinationState.FAILED, 2);
  private static final DestinationStatus REFUSED =
      new DestinationStatus(
          "c",
          Optional.empty(),
          Optional.empty(),
          DestinationState.FAILED,
          0,
          0,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  private static DestinationStatus one(String id, DestinationState state, int generation) {
    return new DestinationStatus(
        id,
        Optional.empty(),
        Optional.of(new TaskId("0123456789abcdef0123456789abcdef")),
        state,
        generation,
        1,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static DeliveryStatus status(DestinationStatus... destinations) {
    Instant t = Instant.parse("2026-01-31T08:00:00Z");
    return new DeliveryStatus(
        DeliveryId.random(),
        new OrganizationId("o"),
        OverallState.PARTIAL,
        new DeliveryEvent.RequestSummary("report", Optional.empty(), List.of(), 5, t),
        List.of(destinations),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        RawJson.EMPTY_OBJECT.sha256(),
        Optional.empty(),
        t);
  }

  @Test
  void meansThoseThatFailedWithATask() {
    RetryPlan plan = RetryPlan.of(status(DELIVERED, FAILED, REFUSED), Set.of());

    assertThat(plan.generations()).isEqualTo(Map.of("b", 2));
    assertThat(plan.action()).isEqualTo(new DeliveryCommand.Retry(Set.of()));
    assertThat(plan.isTaken(status(DELIVERED, FAILED))).isFalse();
    assertThat(plan.isTaken(status(DELIVERED, one("b", DestinationState.PENDING, 3)))).isTrue();
  }

  /** A cancel is not undone by accident, but by name. */
  @Test
  void meansWhatWasCancelledOnlyWhenItIsNamed() {
    DestinationStatus cancelled = one("d", DestinationState.CANCELLED, 1);
    DestinationId named = new DestinationId("d");

    RetryPlan plan = RetryPlan.of(status(DELIVERED, FAILED, cancelled), Set.of(named));

    assertThat(plan.generations()).isEqualTo(Map.of("d", 1));
    assertThat(plan.action()).isEqualTo(new DeliveryCommand.Retry(Set.of(named)));
    assertThat(RetryPlan.of(status(FAILED, cancelled), Set.of()).generations())
        .isEqualTo(Map.of("b", 2));
  }

  @Test
  void saysWhenThereIsNothing() {
    assertThatThrownBy(() -> RetryPlan.of(status(DELIVERED, REFUSED), Set.of()))
        .isInstanceOf(PlanException.class)
        .hasMessageContaining("nothing to retry");
    assertThatThrownBy(
            () -> RetryPlan.of(status(DELIVERED, FAILED), Set.of(new DestinationId("a"))))
        .isInstanceOf(PlanException.class)
        .hasMessageContaining("destination a is not among the failed or cancelled ones")
        .hasMessageContaining(": b");
  }
}
