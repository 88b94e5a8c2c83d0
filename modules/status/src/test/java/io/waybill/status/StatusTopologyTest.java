package io.waybill.status;

import static io.waybill.status.Sample.dead;
import static io.waybill.status.Sample.delivered;
import static io.waybill.status.Sample.failed;
import static io.waybill.status.Sample.parked;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.BreakerTrace;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationHealth.Grade;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawBytes;
import io.waybill.domain.Reason;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.streams.TopologyDescription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusTopologyTest {
  private final StatusDriver status = new StatusDriver();
  private final Sample sample = new Sample();

  @AfterEach
  void close() {
    status.close();
  }

  @Test
  void publishesEveryChangeUnderTheDeliveryId() {
    status.event(sample.accepted("a"));
    status.event(sample.event("a", 0, 1, failed()));
    status.event(sample.event("a", 0, 1, failed()));
    status.event(sample.event("a", 0, 2, delivered()));

    var records = status.records(Topics.STATUS);
    assertThat(records)
        .extracting(record -> new String(record.key(), UTF_8))
        .containsOnly(sample.id.toString());
    assertThat(records)
        .extracting(record -> StatusDriver.decode(status.codecs.statuses(), record.value()).state())
        .containsExactly(OverallState.QUEUED, OverallState.PROCESSING, OverallState.COMPLETED);
  }

  @Test
  void theJsonViewSaysTheSame() {
    status.event(sample.accepted("a"));
    status.event(sample.event("a", 0, 1, delivered()));

    var records = status.records(Topics.STATUS_JSON);
    assertThat(records).hasSize(2);
    assertThat(new String(records.get(1).key(), UTF_8)).isEqualTo(sample.id.toString());
    assertThat(new String(records.get(1).value(), UTF_8))
        .contains("\"deliveryId\":\"" + sample.id + "\"")
        .contains("\"state\":\"completed\"")
        .contains("\"externalReference\":\"ref-1\"")
        .doesNotContain("\"m\":2");
  }

  /** A tombstone there, or a status of somebody's own, moves nothing: the stores are the truth. */
  @DisplayName("row 72: nothing that is written to its outputs comes back")
  @Test
  void nothingThatIsWrittenToItsOutputsComesBack() {
    Set<String> read =
        status.shape.subtopologies().stream()
            .flatMap(part -> part.nodes().stream())
            .filter(TopologyDescription.Source.class::isInstance)
            .flatMap(node -> ((TopologyDescription.Source) node).topicSet().stream())
            .collect(Collectors.toSet());

    assertThat(read)
        .contains(Topics.EVENTS)
        .doesNotContain(
            Topics.STATUS, Topics.STATUS_JSON, Topics.DESTINATION_HEALTH, Topics.DEAD_LETTERS);
  }

  @Test
  void theJsonViewCanBeSwitchedOff() {
    StatusConfig base = StatusConfig.defaults(Set.of(DestinationType.WEBHOOK));
    try (var quiet =
        new StatusDriver(
            new StatusConfig(
                base.types(),
                false,
                base.retention(),
                base.purgeTick(),
                1,
                base.fallbackTick(),
                1))) {
      quiet.event(sample.accepted("a"));

      assertThat(quiet.statuses()).hasSize(1);
      assertThat(quiet.driver.producedTopicNames()).doesNotContain(Topics.STATUS_JSON);
    }
  }

  @Test
  void anEventOfAForeignOrganizationChangesNothingAndIsASecurityEvent() {
    status.event(sample.accepted("a"));
    status.statuses();

    status.event(sample.event(Sample.EVIL, "a", 0, 1, delivered()));

    assertThat(status.statuses()).isEmpty();
    AuditRecord audit = status.audits().getFirst();
    assertThat(audit.action()).isEqualTo("foreign-delivery-event");
    assertThat(audit.organizationId()).isEqualTo(Sample.ACME);
    assertThat(audit.subject()).isEqualTo(sample.id.toString());
    assertThat(audit.details())
        .containsEntry("claimedOrganization", "evil")
        .containsEntry("origin", "waybill.events-0@1");
    DeadLetter letter = status.deadLetters().getFirst();
    assertThat(letter.reason()).isEqualTo(Reason.DELIVERY_NOT_FOUND);
    assertThat(letter.organizationId()).contains(Sample.EVIL);
    assertThat(status.healths()).isEmpty();
  }

  @DisplayName("row 70: an event of an unknown delivery is a dead letter and nothing else")
  @Test
  void anEventOfAnUnknownDeliveryIsADeadLetterAndNothingElse() {
    status.event(sample.event("a", 0, 1, delivered()));

    assertThat(status.deadLetters())
        .extracting(DeadLetter::reason)
        .containsExactly(Reason.DELIVERY_NOT_FOUND);
    assertThat(status.driver.producedTopicNames()).containsExactly(Topics.DEAD_LETTERS);
  }

  @Test
  void anEventOfAnUnknownTaskIsADeadLetter() {
    status.event(sample.accepted("a"));

    status.event(sample.event("b", 0, 1, delivered()));

    assertThat(status.deadLetters()).hasSize(1);
    assertThat(status.statuses()).hasSize(1);
    assertThat(status.healths()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"waybill.events", "waybill.commands", "waybill.status.attempts"})
  void whatCannotBeReadIsADeadLetterAndTheNextGoesOn(String topic) {
    byte[] poison = "poison".getBytes(UTF_8);

    status.pipe(topic, "k", poison);
    status.pipe(topic, "k", null);
    status.event(sample.accepted("a"));

    List<DeadLetter> letters = status.deadLetters();
    assertThat(letters)
        .extracting(DeadLetter::reason)
        .containsExactly(Reason.MALFORMED, Reason.MALFORMED);
    assertThat(letters.getFirst().originalValue()).contains(new RawBytes(poison));
    assertThat(letters.get(1).origin().toString()).isEqualTo(topic + "-0@1");
    assertThat(status.statuses()).hasSize(1);
  }

  @Test
  void aRecordUnderAWrongKeyIsADeadLetter() {
    status.pipe(
        Topics.EVENTS, "other", status.codecs.events().encode(Topics.EVENTS, sample.accepted("a")));

    assertThat(status.deadLetters().getFirst().message()).contains("key must be the delivery id");
    assertThat(status.stored("deliveries")).isZero();
  }

  @Test
  void addsAttemptsUpToTheHealthOfTheirDestination() {
    status.event(sample.accepted("a"));
    for (int attempt = 1; attempt <= 5; attempt++) {
      status.event(sample.event("a", 0, attempt, failed()));
      status.event(sample.event("a", 0, attempt, parked(Reason.BREAKER_OPEN)));
    }

    List<DestinationHealth> failing = status.healths();
    assertThat(failing)
        .extracting(DestinationHealth::grade)
        .containsExactly(
            Grade.HEALTHY, Grade.HEALTHY, Grade.DEGRADED, Grade.DEGRADED, Grade.UNHEALTHY);
    DestinationHealth worst = failing.getLast();
    assertThat(worst.firstFailureAt()).contains(Sample.START.plusSeconds(11));
    assertThat(worst.lastFailureAt()).contains(Sample.START.plusSeconds(15));
    assertThat(worst.lastReason()).contains(Reason.HTTP_TRANSIENT);

    status.event(sample.event("a", 0, 6, delivered()));
    DestinationHealth well = status.healths().getFirst();

    assertThat(well.grade()).isEqualTo(Grade.HEALTHY);
    assertThat(well.consecutiveFailures()).isZero();
    assertThat(well.firstFailureAt()).isEmpty();
    assertThat(well.deliveries()).isEqualTo(1);
    assertThat(well.failures()).isEqualTo(5);
    assertThat(well.averageDuration()).isEqualTo(Duration.ofMillis(28));
  }

  @Test
  void healthSaysWhatABreakerIsRestoredFrom() {
    status.event(sample.accepted("a"));
    for (int attempt = 1; attempt <= 5; attempt++) {
      status.event(sample.event("a", 0, attempt, failed()));
    }
    // Refused for good: that is an answer. A task that cannot be rendered says nothing.
    status.event(sample.event("a", 0, 6, last(Reason.HTTP_PERMANENT)));
    status.event(sample.event("a", 0, 7, last(Reason.TEMPLATE_FIELD_MISSING)));
    status.event(sample.event("a", 0, 8, last(Reason.TIMEOUT)));

    List<DestinationHealth> told = status.healths();
    assertThat(told.get(4).breaker())
        .isEqualTo(
            new BreakerTrace(5, 5, 0, Optional.of(Sample.START.plusSeconds(15)), Optional.empty()));
    assertThat(told.getLast().breaker())
        .isEqualTo(
            new BreakerTrace(
                1,
                5,
                0,
                Optional.of(Sample.START.plusSeconds(18)),
                Optional.of(Sample.START.plusSeconds(16))));
    assertThat(told.getLast().consecutiveFailures()).as("all but the template's").isEqualTo(7);

    for (int attempt = 9; attempt <= 11; attempt++) {
      status.event(sample.event("a", 0, attempt, delivered()));
    }
    assertThat(status.healths().getLast().breaker().isClear()).isTrue();
  }

  /** So that a sender that is restarted does not try them again, be it the last attempt or not. */
  @Test
  void oneRefusalOfCredentialsIsWhatEveryBreakerOpensAt() {
    status.event(sample.accepted("a"));
    status.event(sample.event("a", 0, 1, last(Reason.CREDENTIALS_REFUSED)));

    DestinationHealth refused = status.healths().getLast();

    assertThat(refused.breaker().isRefused()).isTrue();
    assertThat(refused.lastReason()).contains(Reason.CREDENTIALS_REFUSED);
    assertThat(refused.consecutiveFailures()).isEqualTo(1);
  }

  private static TaskTransition last(Reason reason) {
    return new TaskTransition.AttemptFailed(
        reason, "gave up", Duration.ofMillis(30), Optional.empty());
  }

  @Test
  void tellsChangesOfHealthAtOnceAndMoreOfTheSameOnceASecond() {
    status.event(sample.accepted("a", "b"));
    status.event(sample.event("a", 0, 1, delivered()));
    assertThat(status.healths()).hasSize(1);

    for (int attempt = 2; attempt <= 50; attempt++) {
      status.event(sample.event("a", 0, attempt, delivered()));
    }
    status.event(sample.event("b", 0, 1, delivered()));
    assertThat(status.healths())
        .extracting(health -> health.destinationId().value())
        .containsExactly("b");
    status.advance(Duration.ofSeconds(1));
    assertThat(status.healths())
        .singleElement()
        .satisfies(health -> assertThat(health.deliveries()).isEqualTo(50));
    status.advance(Duration.ofSeconds(5));
    assertThat(status.healths()).isEmpty();

    // A failure overtakes what is not told yet, and is not followed by it.
    status.event(sample.event("a", 0, 51, delivered()));
    status.event(sample.event("a", 0, 52, failed()));
    status.advance(Duration.ofSeconds(1));
    assertThat(status.healths())
        .singleElement()
        .satisfies(health -> {
          assertThat(health.deliveries()).isEqualTo(51);
          assertThat(health.consecutiveFailures()).isEqualTo(1);
        });
  }

  @Test
  void anAttemptOfACancelledTaskStillCountsForHealth() {
    status.event(sample.accepted("a"));
    status.event(sample.event("a", 0, 0, Sample.cancelled(Reason.CANCELLED)));

    status.event(sample.event("a", 0, 1, failed()));

    assertThat(status.healths()).hasSize(1);
    assertThat(status.status().state()).isEqualTo(OverallState.CANCELLED);
  }

  @Test
  void purgesADeliveryThatHasBeenOverForTheWholeRetention() {
    status.event(sample.accepted("a"));
    status.event(sample.event("a", 0, 1, dead(Reason.GONE)));
    status.records(Topics.STATUS);
    status.records(Topics.STATUS_JSON);

    status.advance(Duration.ofDays(30).minusMillis(1));
    assertThat(status.records(Topics.STATUS)).isEmpty();
    status.advance(Duration.ofSeconds(1));

    for (String topic : List.of(Topics.STATUS, Topics.STATUS_JSON)) {
      var records = status.records(topic);
      assertThat(records).hasSize(1);
      assertThat(new String(records.getFirst().key(), UTF_8)).isEqualTo(sample.id.toString());
      assertThat(records.getFirst().value()).isNull();
    }
    assertThat(status.records(Topics.CONTROL)).isEmpty();
    assertThat(status.stored("deliveries")).isZero();
    assertThat(status.stored("delivery-expiries")).isZero();
  }

  @Test
  void keepsADeliveryThatIsNotOver() {
    status.event(sample.accepted("a", "b"));
    status.event(sample.event("a", 0, 1, delivered()));

    status.advance(Duration.ofDays(90));

    assertThat(status.stored("deliveries")).isEqualTo(1);
  }

  @Test
  void aLaterChangeBeginsTheRetentionAnew() {
    status.event(sample.accepted("a"));
    status.event(sample.event("a", 0, 1, dead(Reason.GONE)));
    status.advance(Duration.ofDays(20));
    status.event(sample.event("a", 0, 2, delivered()));

    status.advance(Duration.ofDays(20));
    assertThat(status.stored("deliveries")).isEqualTo(1);
    status.advance(Duration.ofDays(11));

    assertThat(status.stored("deliveries")).isZero();
    assertThat(status.stored("delivery-expiries")).isZero();
  }

  @Test
  void onePurgeHandlesNoMoreThanItsBound() {
    StatusConfig bounded =
        new StatusConfig(
            Set.of(DestinationType.WEBHOOK),
            true,
            Duration.ofDays(1),
            Duration.ofSeconds(1),
            3,
            Duration.ofSeconds(1),
            3);
    try (var many = new StatusDriver(bounded)) {
      for (int i = 0; i < 5; i++) {
        many.event(new Sample().rejected(Reason.INVALID_FIELD, Sample.START));
      }

      many.advance(Duration.ofDays(2));
      assertThat(many.stored("deliveries")).isEqualTo(2);
      many.advance(Duration.ofSeconds(1));

      assertThat(many.stored("deliveries")).isZero();
    }
  }
}
