package io.waybill.status;

import io.waybill.domain.Alert;
import io.waybill.domain.Alert.Severity;
import io.waybill.domain.AlertKind;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationId;
import io.waybill.domain.HealthSignal;
import io.waybill.domain.OrganizationId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.UUID;

/**
 * Decides which alerts one destination gives reason for. Changes the state it is given and nothing
 * else: the same state, health and time end the same.
 */
final class AlertDecider {
  /** Who disables by itself begins so; everybody else is a person or a tool of theirs. */
  static final String OWN_ACTORS = "waybill.";

  /**
   * What is told is over only when it has gone back to this share of its threshold: what stays just
   * around it would come and go all the time.
   */
  private static final double OVER_AT = 0.5;

  /** What an alert of a kind is based on, when there is reason for one. */
  private record Finding(Severity severity, String message, double value, double threshold) {}

  /** Over when its cause is over, and not told as trouble themselves. */
  private static final Set<AlertKind> EVENTS = Set.of(AlertKind.DISABLED, AlertKind.RECOVERED);

  private final AlertRules rules;
  private final AutoDisable autoDisable;

  AlertDecider(AlertRules rules, AutoDisable autoDisable) {
    this.rules = rules;
    this.autoDisable = autoDisable;
  }

  /** The alerts that a destination gives reason for now. */
  List<Alert> look(AlertState state, DestinationHealth health, Instant now) {
    List<Alert> alerts = new ArrayList<>();
    for (AlertKind kind : AlertKind.values()) {
      if (!EVENTS.contains(kind) && rules.debounce().containsKey(kind)) {
        Optional<Finding> found = find(kind, state, health, now);
        if (found.isPresent()) {
          lasting(kind, found.get(), state, health, now).ifPresent(alerts::add);
        } else {
          state.end(kind);
        }
      }
    }
    recovered(state, health, now).ifPresent(alerts::add);
    return alerts;
  }

  /** The alert of a destination that was disabled by other than its owner. */
  Optional<Alert> disabled(AlertState state, HealthSignal.Configured configured, Instant now) {
    Optional<String> reason =
        configured
            .switchedOff()
            .filter(off -> off.by().startsWith(OWN_ACTORS))
            .map(off -> off.reason().orElse("no reason was given"));
    if (reason.isEmpty() || !isAllowed(AlertKind.DISABLED, state, now)) {
      return Optional.empty();
    }
    state.troubleAt = Optional.of(now);
    return Optional.of(
        raise(
            AlertKind.DISABLED,
            new About(configured.destinationId(), configured.organizationId()),
            Severity.HIGH,
            "was disabled: "
                + reason.get()
                + ". Its tasks wait until it is enabled again or they are too old",
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            state,
            now));
  }

  private Optional<Finding> find(
      AlertKind kind, AlertState state, DestinationHealth health, Instant now) {
    double share = state.isActive(kind) ? OVER_AT : 1;
    if (kind == AlertKind.BACKLOG) {
      return backlog(state.backlog(), share);
    }
    if (!state.enabled) {
      // Nothing is sent there: what the last attempts showed says nothing of now.
      return Optional.empty();
    }
    return switch (kind) {
      case FAILURE_RATE -> failureRate(state.totals(rules.measuredOver(), now), share);
      case CONSECUTIVE_FAILURES -> consecutiveFailures(health);
      case LATENCY -> latency(state.totals(rules.measuredOver(), now), share);
      case WARNED_BEFORE_DISABLING -> warned(state, health, now);
      case BACKLOG, DISABLED, RECOVERED -> Optional.empty();
    };
  }

  private Optional<Finding> failureRate(AlertState.Totals totals, double share) {
    if (totals.attempts() < rules.leastAttempts()
        || totals.failureRate() < share * rules.failureRate()) {
      return Optional.empty();
    }
    return Optional.of(
        finding(
            totals.failures()
                + " of "
                + totals.attempts()
                + " attempts failed within "
                + words(rules.measuredOver()),
            totals.failureRate(),
            rules.failureRate()));
  }

  private Optional<Finding> consecutiveFailures(DestinationHealth health) {
    if (health.consecutiveFailures() < rules.consecutiveFailures()) {
      return Optional.empty();
    }
    return Optional.of(
        finding(
            health.consecutiveFailures()
                + " attempts failed one after the other, the last one with "
                + lastReason(health),
            health.consecutiveFailures(),
            rules.consecutiveFailures()));
  }

  private Optional<Finding> latency(AlertState.Totals totals, double share) {
    if (totals.attempts() < rules.leastAttempts()
        || totals.averageMillis() < share * rules.latency().toMillis()) {
      return Optional.empty();
    }
    return Optional.of(
        finding(
            "an attempt took "
                + words(Duration.ofMillis(Math.round(totals.averageMillis())))
                + " on average within "
                + words(rules.measuredOver()),
            totals.averageMillis(),
            (double) rules.latency().toMillis()));
  }

  private Optional<Finding> backlog(long open, double share) {
    if (open < share * rules.backlog()) {
      return Optional.empty();
    }
    return Optional.of(
        finding(open + " tasks have not ended", (double) open, (double) rules.backlog()));
  }

  private Optional<Finding> warned(AlertState state, DestinationHealth health, Instant now) {
    // Who is about to be disabled is told that, and not that it may happen.
    boolean isAsked = state.version > 0 && state.disableAsked == state.version;
    if (isAsked || !autoDisable.isNear(health, now)) {
      return Optional.empty();
    }
    Duration failing = AutoDisable.failingFor(health, now);
    return Optional.of(
        new Finding(
            Severity.MEDIUM,
            "has been failing for "
                + words(failing)
                + ", "
                + health.consecutiveFailures()
                + " times, the last time with "
                + lastReason(health)
                + "; it is disabled after "
                + autoDisable.failures()
                + " failures and "
                + words(autoDisable.failingFor())
                + " without a success",
            (double) failing.toMillis(),
            (double) autoDisable.failingFor().toMillis()));
  }

  private static Finding finding(String message, double value, double threshold) {
    return new Finding(Severity.of(value, threshold), message, value, threshold);
  }

  /** What is so is told when it begins, when it has become worse, and again after each cooldown. */
  private Optional<Alert> lasting(
      AlertKind kind, Finding found, AlertState state, DestinationHealth health, Instant now) {
    AlertState.Told told = state.told(kind);
    boolean isGraver =
        told.severity.filter(before -> before.compareTo(found.severity()) >= 0).isEmpty();
    // A warning's value is how far it has come on the way to its threshold.
    boolean isBeyond =
        kind == AlertKind.WARNED_BEFORE_DISABLING || found.value() >= found.threshold();
    boolean isNews = isBeyond && isGraver && isAllowed(kind, state, now);
    boolean isReminder = isBeyond && told.active && isCool(kind, told, now);
    told.active = true;
    if (!isNews && !isReminder) {
      return Optional.empty();
    }
    told.severity = isGraver ? Optional.of(found.severity()) : told.severity;
    state.troubleAt = Optional.of(earlier(health.updatedAt(), now));
    return Optional.of(
        raise(
            kind,
            new About(health.destinationId(), health.organizationId()),
            found.severity(),
            found.message(),
            OptionalDouble.of(found.value()),
            OptionalDouble.of(found.threshold()),
            state,
            now));
  }

  private boolean isCool(AlertKind kind, AlertState.Told told, Instant now) {
    return !told.lastRaisedAt.equals(Instant.MIN)
        && !now.isBefore(told.lastRaisedAt.plus(debounce(kind).cooldown()));
  }

  private Optional<Alert> recovered(AlertState state, DestinationHealth health, Instant now) {
    boolean isOver =
        state.enabled
            && state.troubleAt.isPresent()
            && health.consecutiveFailures() == 0
            && health
                .lastSuccessAt()
                .filter(success -> !success.isBefore(state.troubleAt.get()))
                .isPresent()
            && state.told.values().stream().noneMatch(one -> one.active);
    if (!isOver) {
      return Optional.empty();
    }
    if (!rules.debounce().containsKey(AlertKind.RECOVERED)) {
      state.troubleAt = Optional.empty();
      return Optional.empty();
    }
    if (!isAllowed(AlertKind.RECOVERED, state, now)) {
      // Told later, if it is still so then.
      return Optional.empty();
    }
    state.troubleAt = Optional.empty();
    return Optional.of(
        raise(
            AlertKind.RECOVERED,
            new About(health.destinationId(), health.organizationId()),
            Severity.LOW,
            "takes its tasks again; nothing is the matter any more of what was told",
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            state,
            now));
  }

  private boolean isAllowed(AlertKind kind, AlertState state, Instant now) {
    return rules.debounce().containsKey(kind) && !now.isBefore(state.told(kind).mutedUntil);
  }

  private record About(DestinationId destination, OrganizationId organization) {}

  private Alert raise(
      AlertKind kind,
      About about,
      Severity severity,
      String message,
      OptionalDouble value,
      OptionalDouble threshold,
      AlertState state,
      Instant now) {
    AlertState.Told told = state.told(kind);
    Debounce debounce = debounce(kind);
    Instant windowBegin = now.minus(debounce.window());
    told.raisedAt.removeIf(at -> !at.isAfter(windowBegin));
    told.raisedAt.add(now);
    told.lastRaisedAt = now;
    if (told.raisedAt.size() >= debounce.maximum()) {
      told.mutedUntil = now.plus(debounce.cooldown());
      told.raisedAt.clear();
    }
    state.raised++;
    String name = "alert " + about.destination() + " " + state.raised + " " + now.toEpochMilli();
    String subject = state.label.map(label -> " (" + label + ")").orElse("");
    return new Alert(
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)),
        about.organization(),
        about.destination(),
        state.label,
        kind,
        severity,
        "destination " + about.destination() + subject + ": " + message,
        value,
        threshold,
        now);
  }

  private Debounce debounce(AlertKind kind) {
    Debounce debounce = rules.debounce().get(kind);
    if (debounce == null) {
      throw new IllegalStateException("kind " + kind.word() + " is off and yet raised");
    }
    return debounce;
  }

  private static String lastReason(DestinationHealth health) {
    return health.lastReason().map(reason -> reason.code()).orElse("no reason");
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** A duration as people write it: {@code 15 min}. */
  static String words(Duration duration) {
    if (duration.compareTo(Duration.ofSeconds(10)) < 0) {
      return duration.toMillis() + " ms";
    }
    if (duration.compareTo(Duration.ofMinutes(2)) < 0) {
      return duration.toSeconds() + " s";
    }
    return duration.compareTo(Duration.ofHours(2)) < 0
        ? duration.toMinutes() + " min"
        : duration.toHours() + " h";
  }
}
