package io.waybill.status;

import static io.waybill.status.Sample.delivered;
import static io.waybill.status.Sample.failed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Alert;
import io.waybill.domain.AlertKind;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationHealth.Grade;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskId;
import io.waybill.domain.WebhookConfig;
import io.waybill.wire.Topics;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Health, alerts and disabling through the whole topology. */
class HealthAlertsTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final DestinationId PAGER = new DestinationId("pager");
  private static final OrganizationId OPERATOR = new OrganizationId("operator");

  private StatusDriver status = new StatusDriver();

  @AfterEach
  void close() {
    status.close();
  }

  private void carriedBy(AlertCarrier... carriers) {
    status.close();
    status =
        new StatusDriver(
            StatusConfig.defaults(Set.of(DestinationType.WEBHOOK))
                .with(
                    AutoDisable.defaults(), AlertRules.defaults().withCarriers(List.of(carriers))));
  }

  /** An attempt at a destination, of the delivery, that ends now. */
  private void attempt(DeliveryId delivery, String destination, TaskTransition transition) {
    TaskId task = TaskId.of(Sample.ACME, delivery, new DestinationId(destination));
    var event =
        new TaskEvent(
            delivery,
            Sample.ACME,
            status.now(),
            task,
            new DestinationId(destination),
            DestinationType.WEBHOOK,
            0,
            1,
            transition);
    status.pipe(
        Topics.STATUS_ATTEMPTS, destination, status.codecs.events().encode(Topics.EVENTS, event));
  }

  private void attempts(int count, String destination, TaskTransition transition) {
    for (int i = 0; i < count; i++) {
      attempt(DeliveryId.random(), destination, transition);
    }
  }

  private Destination destination(String id, long version, boolean enabled, String... by) {
    return new Destination(
        new DestinationId(id),
        Sample.ACME,
        "SIEM",
        Optional.empty(),
        new WebhookConfig(
            URI.create("https://siem.example/" + id),
            "POST",
            List.of(),
            Duration.ofSeconds(5),
            Optional.empty(),
            WebhookConfig.Body.DATA),
        Fallback.none(),
        false,
        enabled,
        false,
        version,
        Sample.START,
        status.now(),
        by.length == 0
            ? Optional.empty()
            : Optional.of(
                new Destination.SwitchedOff(status.now(), by[0], Optional.of("it is gone"))));
  }

  private DestinationHealth health() {
    return status.healths().getLast();
  }

  /** Until backlogs are counted, and then told. */
  private void awaitCounts() {
    status.advance(Duration.ofSeconds(5));
    status.advance(Duration.ofSeconds(1));
  }

  /** Fails every other hour for longer than a day. */
  private void failForADay(String destination) {
    for (int i = 0; i < 13; i++) {
      attempts(1, destination, failed());
      status.advance(HOUR.multipliedBy(2));
    }
  }

  @Test
  void degradedAtThreeUnhealthyAtFiveHealthyAfterASuccess() {
    List<Grade> grades = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      attempts(1, "a", failed());
      grades.add(health().grade());
    }
    attempts(1, "a", delivered());
    grades.add(health().grade());

    assertThat(grades)
        .containsExactly(
            Grade.HEALTHY,
            Grade.HEALTHY,
            Grade.DEGRADED,
            Grade.DEGRADED,
            Grade.UNHEALTHY,
            Grade.HEALTHY);
  }

  @Test
  void anAlertStandsOnItsTopicAndInItsJsonView() {
    status.destination(destination("a", 1, true));
    attempts(5, "a", failed());

    Alert alert = status.alerts().getFirst();

    assertThat(alert.kind()).isEqualTo(AlertKind.CONSECUTIVE_FAILURES);
    assertThat(alert.organizationId()).isEqualTo(Sample.ACME);
    assertThat(alert.destinationId()).isEqualTo(new DestinationId("a"));
    assertThat(alert.label()).contains("SIEM");
    var json = status.records(Topics.ALERTS_JSON).getFirst();
    assertThat(new String(json.key(), UTF_8)).isEqualTo("acme");
    assertThat(new String(json.value(), UTF_8))
        .contains("\"alertId\":\"" + alert.alertId() + "\"", "\"kind\":\"consecutive-failures\"");
    assertThat(status.requests()).as("nobody asked for its delivery").isEmpty();
  }

  @Test
  void aRestartNeitherRepeatsNorForgetsAnAlert() {
    attempts(4, "a", failed());
    status = status.restarted();
    attempts(1, "a", failed());
    assertThat(status.alerts())
        .extracting(Alert::kind)
        .containsExactly(AlertKind.CONSECUTIVE_FAILURES);

    status = status.restarted();
    attempts(1, "a", failed());
    assertThat(status.alerts()).isEmpty();
    attempts(1, "a", delivered());
    assertThat(status.alerts()).extracting(Alert::kind).containsExactly(AlertKind.RECOVERED);
  }

  @Test
  void tenFailuresOverADayDisableADestination() {
    status.destination(destination("a", 3, true));
    for (int i = 0; i < 9; i++) {
      attempts(1, "a", failed());
      status.advance(HOUR.multipliedBy(3));
    }
    assertThat(status.destinationCommands()).as("nine failures, over a day").isEmpty();

    status = status.restarted();
    attempts(1, "a", failed());

    DestinationCommand command = status.destinationCommands().getFirst();
    assertThat(command.organizationId()).isEqualTo(Sample.ACME);
    assertThat(command.destinationId()).isEqualTo(new DestinationId("a"));
    assertThat(command.actor()).isEqualTo("waybill.status");
    var disable = (DestinationCommand.Disable) command.action();
    assertThat(disable.expectedVersion()).isEqualTo(OptionalLong.of(3));
    assertThat(disable.reason().orElseThrow())
        .contains("10 times in a row within 27 h", "http-transient");
    attempts(5, "a", failed());
    assertThat(status.destinationCommands()).as("asked once").isEmpty();
  }

  @Test
  void manyFailuresWithinAnHourDisableNobody() {
    status.destination(destination("a", 1, true));
    for (int i = 0; i < 60; i++) {
      attempts(10, "a", failed());
      status.advance(Duration.ofMinutes(1));
    }

    assertThat(status.destinationCommands()).isEmpty();
  }

  @Test
  void oneSuccessADayKeepsADestinationEnabled() {
    status.destination(destination("a", 1, true));
    for (int i = 0; i < 40; i++) {
      attempts(1, "a", i % 11 == 10 ? delivered() : failed());
      status.advance(HOUR.multipliedBy(2));
    }

    assertThat(status.destinationCommands()).isEmpty();
  }

  @Test
  void whatWentWrongHereDisablesNobody() {
    status.destination(destination("a", 1, true));
    TaskTransition ours =
        new TaskTransition.AttemptFailed(
            Reason.CHANNEL_ERROR, "a bug", Duration.ofMillis(1), Optional.empty());
    for (int i = 0; i < 20; i++) {
      attempts(1, "a", ours);
      status.advance(HOUR.multipliedBy(2));
    }

    assertThat(status.destinationCommands()).isEmpty();
    assertThat(status.alerts()).isEmpty();
    assertThat(health())
        .returns(Grade.HEALTHY, DestinationHealth::grade)
        .returns(0, DestinationHealth::consecutiveFailures);
  }

  @Test
  void enablingAgainResets() {
    status.destination(destination("a", 1, true));
    failForADay("a");
    assertThat(status.destinationCommands()).hasSize(1);
    status.destination(destination("a", 2, false, "waybill.status"));
    status.healths();

    status.destination(destination("a", 3, true));

    assertThat(health())
        .returns(Grade.HEALTHY, DestinationHealth::grade)
        .returns(0, DestinationHealth::consecutiveFailures)
        .returns(Optional.empty(), DestinationHealth::firstFailureAt)
        .matches(health -> health.breaker().isClear());
    attempts(9, "a", failed());
    status.advance(Duration.ofHours(30));
    assertThat(status.destinationCommands()).isEmpty();
    attempts(1, "a", failed());
    assertThat(status.destinationCommands()).as("a day later it is the same again").hasSize(1);
  }

  @Test
  void aChangeThatIsNoEnablingResetsNothing() {
    status.destination(destination("a", 1, true));
    attempts(4, "a", failed());
    status.destination(destination("a", 2, true));

    attempts(1, "a", failed());

    assertThat(health().consecutiveFailures()).isEqualTo(5);
    assertThat(status.alerts()).hasSize(1);
  }

  @Test
  void aCommandThatMetAnotherVersionIsAskedAgain() {
    status.destination(destination("a", 1, true));
    failForADay("a");
    assertThat(status.destinationCommands()).hasSize(1);

    status.destination(destination("a", 2, true));
    attempts(1, "a", failed());

    assertThat(status.destinationCommands())
        .extracting(
            command -> ((DestinationCommand.Disable) command.action()).expectedVersion().orElse(0))
        .containsExactly(2L);
  }

  @Test
  void warnsThenTellsThatItWasDisabledThenThatItRecovered() {
    status.destination(destination("a", 1, true));
    failForADay("a");
    status.destination(destination("a", 2, false, "waybill.status"));
    status.destination(destination("a", 3, true));
    attempts(1, "a", delivered());

    assertThat(status.alerts())
        .extracting(Alert::kind)
        .containsSubsequence(
            AlertKind.CONSECUTIVE_FAILURES,
            AlertKind.WARNED_BEFORE_DISABLING,
            AlertKind.DISABLED,
            AlertKind.RECOVERED);
  }

  @Test
  void anOwnersDisablingIsNoAlert() {
    status.destination(destination("a", 1, true));
    status.destination(destination("a", 2, false, "ann"));

    assertThat(status.alerts()).isEmpty();
  }

  @Test
  void aReceiverThatIsGoneIsToldAsDisabled() {
    status.destination(destination("a", 1, true));
    status.destination(destination("a", 2, false, "waybill.sender.webhook"));

    Alert alert = status.alerts().getFirst();

    assertThat(alert.kind()).isEqualTo(AlertKind.DISABLED);
    assertThat(alert.message()).contains("it is gone");
  }

  @Test
  void tasksThatHaveNotEndedAreTheBacklog() {
    status.destination(destination("a", 1, true));
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Sample sample = new Sample();
      samples.add(sample);
      status.event(sample.accepted("a", "b"));
    }
    status.advance(Duration.ofSeconds(5));

    Alert alert = status.alerts().getFirst();
    assertThat(alert.kind()).isEqualTo(AlertKind.BACKLOG);
    assertThat(alert.destinationId()).isEqualTo(new DestinationId("a"));
    status.advance(Duration.ofSeconds(1));
    assertThat(health()).returns(1_000L, DestinationHealth::backlog);

    for (Sample sample : samples.subList(0, 400)) {
      status.event(sample.event("a", 0, 1, delivered()));
    }
    for (Sample sample : samples.subList(400, 600)) {
      status.event(sample.event("a", 0, 1, Sample.cancelled(Reason.EXPIRED)));
      status.event(sample.event("a", 0, 1, Sample.cancelled(Reason.EXPIRED)));
    }
    status.event(samples.get(600).event("a", 0, 0, Sample.parked(Reason.BREAKER_OPEN)));
    awaitCounts();

    assertThat(health())
        .returns(400L, DestinationHealth::backlog)
        .returns(400L, DestinationHealth::deliveries);
    assertThat(status.alerts()).extracting(Alert::kind).containsExactly(AlertKind.RECOVERED);
  }

  @Test
  void aRestartForgetsNoBacklog() {
    status.destination(destination("a", 1, true));
    Sample first = new Sample();
    status.event(first.accepted("a"));
    status.event(new Sample().accepted("a"));
    awaitCounts();
    assertThat(health().backlog()).isEqualTo(2);

    status = status.restarted();
    status.event(first.event("a", 0, 1, delivered()));
    awaitCounts();

    assertThat(health().backlog()).isEqualTo(1);
  }

  @Test
  void oldVersionsThatAreReadAgainSayNothing() {
    status.destination(destination("a", 1, true));
    status.destination(destination("a", 2, false, "waybill.status"));
    status.destination(destination("a", 3, true));
    assertThat(status.alerts()).hasSize(1);

    status.destination(destination("a", 1, true));
    status.destination(destination("a", 2, false, "waybill.status"));
    attempts(5, "a", failed());

    assertThat(status.alerts())
        .extracting(Alert::kind)
        .containsExactly(AlertKind.CONSECUTIVE_FAILURES);
  }

  @Test
  void aDestinationThatIsDeletedIsForgotten() {
    status.destination(destination("a", 1, true));
    attempts(6, "a", failed());
    status.records(Topics.DESTINATION_HEALTH);
    Destination live = destination("a", 2, true);

    status.destination(
        new Destination(
            live.id(),
            live.organizationId(),
            live.label(),
            live.description(),
            live.config(),
            live.fallback(),
            false,
            true,
            true,
            2,
            live.createdAt(),
            live.updatedAt()));

    assertThat(status.records(Topics.DESTINATION_HEALTH))
        .singleElement()
        .satisfies(record -> assertThat(record.value()).isNull());
    assertThat(status.stored("destination-health")).isZero();
  }

  /** What was under way when it was deleted ends later, and nobody would end its health again. */
  @Test
  void aDestinationThatIsDeletedStaysSo() {
    aDestinationThatIsDeletedIsForgotten();
    status.records(Topics.ALERTS);

    attempts(6, "a", failed());
    status.advance(Duration.ofDays(2));

    assertThat(status.records(Topics.DESTINATION_HEALTH)).isEmpty();
    assertThat(status.records(Topics.ALERTS)).isEmpty();
    assertThat(status.stored("destination-health")).isZero();
  }

  @Test
  void aDestinationThatCannotBeReadStopsNothing() {
    status.pipe(Topics.DESTINATIONS, "a", new byte[] {1, 2, 3});
    attempts(5, "a", failed());

    assertThat(status.alerts()).hasSize(1);
    assertThat(status.deadLetters()).isEmpty();
  }

  @Test
  void anAlertIsDeliveredToWhoeverCarriesIt() {
    carriedBy(
        AlertCarrier.ofOwn(Sample.ACME, new DestinationId("own")),
        AlertCarrier.ofOwn(Sample.EVIL, new DestinationId("other")),
        new AlertCarrier(OPERATOR, PAGER, Optional.empty()));

    attempts(5, "a", failed());

    Alert alert = status.alerts().getFirst();
    List<DeliveryRequest> requests = status.requests();
    assertThat(requests)
        .extracting(DeliveryRequest::organizationId)
        .containsExactly(Sample.ACME, OPERATOR);
    assertThat(requests)
        .allSatisfy(request -> {
          assertThat(request.payload().type()).isEqualTo("waybill.alert");
          assertThat(request.payload().data().text()).contains(alert.alertId().toString());
          assertThat(AlertDelivery.isOne(request.deliveryId().orElseThrow())).isTrue();
        });
  }

  @Test
  void anAlertAboutACarrierIsDeliveredToNobody() {
    carriedBy(
        new AlertCarrier(Sample.ACME, new DestinationId("one"), Optional.empty()),
        new AlertCarrier(Sample.ACME, new DestinationId("two"), Optional.empty()));

    attempts(5, "one", failed());
    attempts(5, "two", failed());

    assertThat(status.alerts()).hasSize(2);
    assertThat(status.requests()).isEmpty();
  }

  @Test
  void alertsThatFailAtACarriersFallbackDoNotGoRoundForEver() {
    carriedBy(AlertCarrier.ofOwn(Sample.ACME, PAGER));
    attempts(5, "fallback", failed());
    List<DeliveryRequest> delivered = new ArrayList<>(status.requests());
    int alerts = status.alerts().size();

    // Each alert's delivery fails at the pager, and then at its fallback, for days.
    for (int round = 0; round < 100; round++) {
      for (DeliveryRequest request : delivered) {
        attempt(request.deliveryId().orElseThrow(), "pager", failed());
        attempt(request.deliveryId().orElseThrow(), "fallback", failed());
      }
      status.advance(Duration.ofMinutes(31));
      delivered.addAll(status.requests());
      alerts += status.alerts().size();
      // In the loop, for what goes round doubles.
      assertThat(delivered).as("delivered no further").hasSize(1);
    }

    assertThat(alerts).as("told on the topic all the same").isGreaterThan(100);

    attempts(1, "fallback", failed());
    status.advance(Duration.ofMinutes(31));
    assertThat(status.requests()).as("until something else is sent there").hasSize(1);
  }
}
