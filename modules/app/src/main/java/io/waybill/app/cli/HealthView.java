package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.BreakerTrace;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * How one destination's health is shown.
 *
 * @param health when anything is known of it
 * @param paused whether its tasks wait for the end of a pause
 */
record HealthView(
    Destination destination, Optional<DestinationHealth> health, Instant now, boolean paused) {
  static final String[] HEADINGS = {
    "ID", "LABEL", "TYPE", "STATE", "FAILURES", "SUCCESS", "LATENCY", "BREAKER", "BACKLOG", "LAST"
  };

  /** The usual breaker's: what an installation has configured stands in its senders' file only. */
  private static final int BREAKER_THRESHOLD = 5;

  private static final Duration BREAKER_RESET = Duration.ofSeconds(60);

  /** Of every breaker, where credentials were refused. */
  private static final Duration BREAKER_RESET_WHEN_REFUSED = Duration.ofMinutes(5);

  /** Of one that is not paused. */
  HealthView(Destination destination, Optional<DestinationHealth> health, Instant now) {
    this(destination, health, now, false);
  }

  /** As its health is graded, {@code unknown}, {@code paused} or {@code disabled}. */
  String state() {
    if (!destination.enabled()) {
      return "disabled";
    }
    if (paused) {
      return "paused";
    }
    return health.filter(HealthView::isTried).map(one -> one.grade().word()).orElse("unknown");
  }

  private static boolean isTried(DestinationHealth health) {
    return health.deliveries() + health.failures() > 0;
  }

  /** {@code closed}, {@code open} or {@code half-open}. */
  String breaker() {
    BreakerTrace trace = health.map(DestinationHealth::breaker).orElse(BreakerTrace.none());
    // Senders begin anew with a destination that its owner has changed.
    boolean isOld =
        trace.newestAt().filter(newest -> newest.isAfter(destination.updatedAt())).isEmpty();
    if (trace.longestRow() < BREAKER_THRESHOLD || isOld) {
      return "closed";
    }
    Duration reset = trace.isRefused() ? BREAKER_RESET_WHEN_REFUSED : BREAKER_RESET;
    boolean isOver = trace.lastFailureAt().filter(at -> at.plus(reset).isAfter(now)).isEmpty();
    return isOver ? "half-open" : "open";
  }

  /** Of all attempts since the destination was created, from 0 to 1. */
  private Optional<Double> successRate() {
    return health
        .filter(HealthView::isTried)
        .map(one -> one.deliveries() / (double) (one.deliveries() + one.failures()));
  }

  String[] cells() {
    return new String[] {
      destination.id().value(),
      destination.label(),
      destination.type().word(),
      state(),
      health.map(one -> Integer.toString(one.consecutiveFailures())).orElse("0"),
      successRate().map(rate -> String.format(Locale.ROOT, "%.2f%%", 100 * rate)).orElse(""),
      health
          .filter(HealthView::isTried)
          .map(one -> one.averageDuration().toMillis() + " ms")
          .orElse(""),
      breaker(),
      Long.toString(health.map(DestinationHealth::backlog).orElse(0L)),
      health.flatMap(DestinationHealth::lastReason).map(Reason::code).orElse("")
    };
  }

  ObjectNode json() {
    ObjectNode json =
        Json.object()
            .put("destinationId", destination.id().value())
            .put("organizationId", destination.organizationId().value())
            .put("label", destination.label())
            .put("type", destination.type().word())
            .put("state", state())
            .put("breaker", breaker());
    destination
        .switchedOff()
        .filter(off -> !destination.enabled())
        .flatMap(Destination.SwitchedOff::reason)
        .ifPresent(reason -> json.put("disabledReason", reason));
    health.ifPresent(one -> {
      json.put("deliveries", one.deliveries())
          .put("failures", one.failures())
          .put("consecutiveFailures", one.consecutiveFailures())
          .put("backlog", one.backlog())
          .put("averageMillis", one.averageDuration().toMillis());
      successRate().ifPresent(rate -> json.put("successRate", rate));
      time(json, "firstFailureAt", one.firstFailureAt());
      time(json, "lastFailureAt", one.lastFailureAt());
      time(json, "lastSuccessAt", one.lastSuccessAt());
      one.lastReason().ifPresent(reason -> json.put("lastReason", reason.code()));
      time(json, "updatedAt", Optional.of(one.updatedAt()));
    });
    return json;
  }

  private static void time(ObjectNode json, String field, Optional<Instant> value) {
    value.ifPresent(at -> json.put(field, at.toString()));
  }
}
