package io.waybill.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Alert;
import io.waybill.domain.Alert.Severity;
import io.waybill.domain.AlertKind;
import io.waybill.domain.BreakerTrace;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.HealthSignal;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class AlertDeciderTest {
  private static final AlertRules RULES = AlertRules.defaults();
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private AlertDecider decider = new AlertDecider(RULES, AutoDisable.defaults());
  private AlertState state = new AlertState();
  private Instant now = Sample.START;
  private int consecutive;
  private Optional<Instant> firstFailure = Optional.empty();
  private Optional<Instant> lastSuccess = Optional.empty();

  private List<Alert> attempts(int count, boolean failed) {
    return attempts(count, failed, Duration.ofMillis(20));
  }

  private List<Alert> attempts(int count, boolean failed, Duration took) {
    List<Alert> alerts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      now = now.plusMillis(1);
      consecutive = failed ? consecutive + 1 : 0;
      firstFailure = failed ? firstFailure.or(() -> Optional.of(now)) : Optional.empty();
      lastSuccess = failed ? lastSuccess : Optional.of(now);
      state.add(now, failed, took, RULES.measuredOver(), now);
      alerts.addAll(look());
    }
    return alerts;
  }

  private List<Alert> look() {
    return decider.look(state, health(), now);
  }

  private DestinationHealth health() {
    return new DestinationHealth(
        new DestinationId("a"),
        Sample.ACME,
        DestinationType.WEBHOOK,
        DestinationHealth.Grade.of(consecutive),
        1,
        1,
        consecutive,
        firstFailure,
        firstFailure.map(_ -> now),
        lastSuccess,
        firstFailure.map(_ -> Reason.HTTP_TRANSIENT),
        Duration.ofMillis(20),
        now,
        BreakerTrace.none());
  }

  private static List<AlertKind> kinds(List<Alert> alerts) {
    return alerts.stream().map(Alert::kind).toList();
  }

  private HealthSignal.Configured disabledBy(String actor) {
    return new HealthSignal.Configured(
        new DestinationId("a"),
        Sample.ACME,
        "SIEM",
        4,
        false,
        false,
        Optional.of(new Destination.SwitchedOff(now, actor, Optional.of("it is gone"))),
        now);
  }

  @Test
  void fiveFailuresInARowAreAnAlert() {
    assertThat(attempts(4, true)).isEmpty();

    Alert alert = attempts(1, true).getFirst();

    assertThat(alert.kind()).isEqualTo(AlertKind.CONSECUTIVE_FAILURES);
    assertThat(alert.severity()).isEqualTo(Severity.LOW);
    assertThat(alert.value()).isEqualTo(OptionalDouble.of(5));
    assertThat(alert.threshold()).isEqualTo(OptionalDouble.of(5));
    assertThat(alert.organizationId()).isEqualTo(Sample.ACME);
    assertThat(alert.raisedAt()).isEqualTo(now);
    assertThat(alert.message()).contains("5 attempts failed", "http-transient");
  }

  @Test
  void whatGoesOnIsToldAgainWhenItIsGraverAndAfterTheCooldown() {
    assertThat(kinds(attempts(5, true))).containsExactly(AlertKind.CONSECUTIVE_FAILURES);
    // Medium at 8 is the second within the window, and so the last before the cooldown.
    List<Alert> graver = attempts(200, true);
    assertThat(graver)
        .filteredOn(alert -> alert.kind() == AlertKind.CONSECUTIVE_FAILURES)
        .extracting(Alert::severity)
        .containsExactly(Severity.MEDIUM);

    now = now.plus(Duration.ofMinutes(29));
    assertThat(kinds(look())).doesNotContain(AlertKind.CONSECUTIVE_FAILURES);
    now = now.plus(Duration.ofMinutes(2));
    assertThat(look())
        .filteredOn(alert -> alert.kind() == AlertKind.CONSECUTIVE_FAILURES)
        .extracting(Alert::severity)
        .containsExactly(Severity.CRITICAL);
    assertThat(look()).isEmpty();
  }

  @Test
  void whatComesAndGoesIsToldUpToTheMaximumThenTheCooldownMustPass() {
    List<AlertKind> told = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      told.addAll(kinds(attempts(5, true)));
      told.addAll(kinds(attempts(1, false)));
      now = now.plus(MINUTE);
    }
    assertThat(told).filteredOn(kind -> kind == AlertKind.CONSECUTIVE_FAILURES).hasSize(2);

    now = now.plus(Duration.ofMinutes(30));
    assertThat(kinds(attempts(5, true))).contains(AlertKind.CONSECUTIVE_FAILURES);
  }

  @Test
  void withinTheWindowOnlyTheMaximumCounts() {
    // One every eleven minutes: each has left the window of ten when the next one comes.
    for (int i = 0; i < 6; i++) {
      assertThat(kinds(attempts(5, true))).contains(AlertKind.CONSECUTIVE_FAILURES);
      attempts(1, false);
      now = now.plus(Duration.ofMinutes(11));
    }
  }

  @Test
  void aTenthOfAtLeastTenAttemptsIsAnAlert() {
    attempts(8, false);
    assertThat(attempts(1, true)).as("nine attempts say nothing").isEmpty();

    Alert alert = attempts(1, false).getFirst();

    assertThat(alert.kind()).isEqualTo(AlertKind.FAILURE_RATE);
    assertThat(alert.value()).isEqualTo(OptionalDouble.of(0.1));
    assertThat(alert.message()).contains("1 of 10 attempts failed within 15 min");
  }

  @Test
  void elevenPerCentOverFifteenMinutesAreOneAlertAndThenItIsOver() {
    List<Alert> alerts = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      alerts.addAll(attempts(1, i % 9 == 8));
      now = now.plusSeconds(5);
    }
    assertThat(kinds(alerts)).containsExactly(AlertKind.FAILURE_RATE);

    List<Alert> later = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      later.addAll(attempts(1, false));
      now = now.plusSeconds(5);
    }
    assertThat(kinds(later)).containsExactly(AlertKind.RECOVERED);
  }

  @Test
  void oldAttemptsLeaveTheRate() {
    attempts(4, true);
    now = now.plus(Duration.ofMinutes(16));

    assertThat(attempts(20, false)).isEmpty();
  }

  @Test
  void anAttemptThatEndedLongAgoIsNotOfNow() {
    Instant old = now.minus(Duration.ofHours(1));
    for (int i = 0; i < 20; i++) {
      state.add(old, true, MINUTE, RULES.measuredOver(), now);
    }

    assertThat(state.totals(RULES.measuredOver(), now).attempts()).isZero();
  }

  @Test
  void slowAttemptsAreAnAlert() {
    assertThat(attempts(9, false, Duration.ofSeconds(31))).isEmpty();

    Alert alert = attempts(1, false, Duration.ofSeconds(31)).getFirst();

    assertThat(alert.kind()).isEqualTo(AlertKind.LATENCY);
    assertThat(alert.value()).isEqualTo(OptionalDouble.of(31_000));
    assertThat(alert.message()).contains("took 31 s on average");
  }

  @Test
  void aBacklogIsCountedOverAllPartitions() {
    state.open.put(0, 600L);
    state.open.put(1, 399L);
    assertThat(look()).isEmpty();

    state.open.put(1, 400L);
    Alert alert = look().getFirst();

    assertThat(alert.kind()).isEqualTo(AlertKind.BACKLOG);
    assertThat(alert.value()).isEqualTo(OptionalDouble.of(1_000));
  }

  @Test
  void theBacklogOfADisabledDestinationIsToldToo() {
    state.enabled = false;
    state.open.put(0, 3_000L);

    assertThat(look())
        .extracting(Alert::kind, Alert::severity)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(AlertKind.BACKLOG, Severity.CRITICAL));
  }

  @Test
  void recoveredIsToldOnceWhenNothingIsTheMatterAnyMore() {
    attempts(5, true);

    assertThat(kinds(attempts(1, false))).containsExactly(AlertKind.RECOVERED);
    assertThat(attempts(3, false)).isEmpty();
  }

  @Test
  void whoWasNeverInTroubleDoesNotRecover() {
    attempts(4, true);

    assertThat(attempts(1, false)).isEmpty();
  }

  @Test
  void recoveredIsToldLaterRatherThanNever() {
    Map<AlertKind, Debounce> debounce = new EnumMap<>(RULES.debounce());
    debounce.put(AlertKind.CONSECUTIVE_FAILURES, Debounce.minutes(1, 1, 100));
    debounce.put(AlertKind.RECOVERED, Debounce.minutes(10, 30, 1));
    debounce.remove(AlertKind.FAILURE_RATE);
    decider = new AlertDecider(rules(debounce), AutoDisable.defaults());
    attempts(5, true);
    assertThat(kinds(attempts(1, false))).containsExactly(AlertKind.RECOVERED);
    attempts(5, true);
    assertThat(attempts(1, false)).as("not again so soon").isEmpty();

    now = now.plus(Duration.ofMinutes(31));

    assertThat(kinds(look())).containsExactly(AlertKind.RECOVERED);
  }

  @Test
  void warnsBeforeDisablingAndOnceOnly() {
    attempts(5, true);
    now = firstFailure.orElseThrow().plus(Duration.ofHours(12)).minusSeconds(1);
    assertThat(kinds(look())).doesNotContain(AlertKind.WARNED_BEFORE_DISABLING);

    now = now.plusSeconds(1);
    Alert alert =
        look().stream()
            .filter(one -> one.kind() == AlertKind.WARNED_BEFORE_DISABLING)
            .findFirst()
            .orElseThrow();

    assertThat(alert.severity()).isEqualTo(Severity.MEDIUM);
    assertThat(alert.message()).contains("failing for 12 h, 5 times", "10 failures and 24 h");
    now = now.plus(Duration.ofHours(1));
    assertThat(kinds(look())).doesNotContain(AlertKind.WARNED_BEFORE_DISABLING);
  }

  @Test
  void whoIsBeingDisabledIsNotWarned() {
    attempts(5, true);
    state.version = 3;
    state.disableAsked = 3;
    now = now.plus(Duration.ofHours(12));

    assertThat(kinds(look())).doesNotContain(AlertKind.WARNED_BEFORE_DISABLING);
  }

  @Test
  void tellsOfADisablingThatWasNotItsOwners() {
    assertThat(decider.disabled(state, disabledBy("ann"), now)).isEmpty();

    Alert alert = decider.disabled(state, disabledBy("waybill.sender.webhook"), now).orElseThrow();

    assertThat(alert.kind()).isEqualTo(AlertKind.DISABLED);
    assertThat(alert.severity()).isEqualTo(Severity.HIGH);
    assertThat(alert.message()).contains("it is gone");
  }

  @Test
  void nothingButTheBacklogIsToldOfWhatIsDisabled() {
    attempts(4, true);
    state.enabled = false;

    assertThat(attempts(20, true)).isEmpty();
  }

  @Test
  void aKindThatIsOffIsNotRaised() {
    Map<AlertKind, Debounce> debounce = new EnumMap<>(RULES.debounce());
    debounce.remove(AlertKind.CONSECUTIVE_FAILURES);
    debounce.remove(AlertKind.FAILURE_RATE);
    debounce.remove(AlertKind.DISABLED);
    decider = new AlertDecider(rules(debounce), AutoDisable.defaults());

    assertThat(attempts(50, true)).isEmpty();
    assertThat(decider.disabled(state, disabledBy("waybill.status"), now)).isEmpty();
  }

  @Test
  void eachAlertHasAnIdOfItsOwnAndTheSameStateTheSame() {
    attempts(5, true);
    byte[] kept = AlertStateFormat.encode(state);
    now = now.plus(Duration.ofMinutes(31));
    List<Alert> first = look();
    state = AlertStateFormat.decode(kept).orElseThrow();
    List<Alert> again = look();

    assertThat(again).isEqualTo(first).isNotEmpty();
    assertThat(first).extracting(Alert::alertId).doesNotHaveDuplicates();
  }

  private static AlertRules rules(Map<AlertKind, Debounce> debounce) {
    return new AlertRules(
        RULES.failureRate(),
        RULES.consecutiveFailures(),
        RULES.backlog(),
        RULES.latency(),
        RULES.measuredOver(),
        RULES.leastAttempts(),
        debounce,
        List.of());
  }
}
