package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TopRatesTest {
  private static final Instant T = Instant.parse("2026-01-31T08:00:00Z");
  private static final OrganizationId ORGANIZATION = new OrganizationId("o");
  private static final DeliveryId DELIVERY = DeliveryId.random();
  private static final DeliveryEvent.RequestSummary SUMMARY =
      new DeliveryEvent.RequestSummary("report", Optional.empty(), List.of(), 5, T);

  private final TopRates rates = new TopRates();

  private void count(DestinationType type, TaskTransition transition) {
    DestinationId destination = new DestinationId("d");
    rates.count(
        new DeliveryEvent.TaskEvent(
            DELIVERY,
            ORGANIZATION,
            T,
            TaskId.of(ORGANIZATION, DELIVERY, destination),
            destination,
            type,
            0,
            1,
            transition));
  }

  @Test
  void countsAttemptsAndEndsByTypeAndSecond() {
    for (int i = 0; i < 5; i++) {
      count(
          DestinationType.WEBHOOK,
          new TaskTransition.Delivered("200", Optional.empty(), Duration.ofMillis(1)));
    }
    count(
        DestinationType.WEBHOOK,
        new TaskTransition.AttemptFailed(
            Reason.TIMEOUT, "late", Duration.ofSeconds(5), Optional.empty()));
    count(DestinationType.WEBHOOK, new TaskTransition.Parked(Reason.BREAKER_OPEN, T));
    count(DestinationType.EMAIL, new TaskTransition.DeadLettered(Reason.ATTEMPTS_EXHAUSTED, "x"));
    count(DestinationType.EMAIL, new TaskTransition.Cancelled(Reason.CANCELLED));

    Duration over = Duration.ofMillis(500);
    assertThat(rates.tasks(DestinationType.WEBHOOK, over)).isEqualTo(new TopRates.Tasks(10, 2, 0));
    assertThat(rates.tasks(DestinationType.EMAIL, over)).isEqualTo(new TopRates.Tasks(0, 0, 2));
    assertThat(rates.tasks(DestinationType.STORAGE, over)).isEqualTo(new TopRates.Tasks(0, 0, 0));
  }

  @Test
  void countsWhatBecomesOfRequestsAndBeginsAnew() {
    Duration over = Duration.ofSeconds(2);
    rates.count(
        new DeliveryEvent.Duplicate(DELIVERY, ORGANIZATION, T, SUMMARY, DeliveryId.random()));
    rates.count(
        new DeliveryEvent.Rejected(
            DELIVERY, ORGANIZATION, T, SUMMARY, Reason.INVALID_FIELD, List.of()));
    rates.count(
        new DeliveryEvent.Rejected(
            DELIVERY, ORGANIZATION, T, SUMMARY, Reason.INVALID_FIELD, List.of()));

    assertThat(rates.requests(over)).isEqualTo(new TopRates.Requests(0, 1, 0.5));
    rates.reset();
    assertThat(rates.requests(over)).isEqualTo(new TopRates.Requests(0, 0, 0));
  }
}
