package io.waybill.app.cli;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationHealth;
import java.util.Comparator;
import java.util.Locale;

/** Which destinations {@code waybill top} shows first: the values of {@code --sort}. */
enum TopSort {
  /** The slowest: by the average time of an attempt. */
  LATENCY,
  /** Those that fail: by failures in a row. */
  FAILURES,
  /** Those that take the least of what they get: by success rate, the worst first. */
  SUCCESS,
  /** Those with the most unfinished tasks. */
  BACKLOG,
  /** By organization and label. */
  LABEL;

  private static final Comparator<HealthView> BY_NAME =
      Comparator.comparing(
          HealthView::destination,
          Comparator.comparing(Destination::organizationId)
              .thenComparing(Destination::label)
              .thenComparing(Destination::id));

  /** The most first; those that nothing is known of last. */
  Comparator<HealthView> order() {
    return this == LABEL
        ? BY_NAME
        : Comparator.<HealthView>comparingDouble(this::of).reversed().thenComparing(BY_NAME);
  }

  private double of(HealthView view) {
    // Not a number of a destination that was never tried: it has no rate.
    double measured = view.health().map(this::measure).orElse(Double.NEGATIVE_INFINITY);
    return Double.isNaN(measured) ? Double.NEGATIVE_INFINITY : measured;
  }

  private double measure(DestinationHealth health) {
    return switch (this) {
      case LATENCY -> health.averageDuration().toNanos();
      case FAILURES -> health.consecutiveFailures();
      case SUCCESS -> -health.deliveries() / (double) (health.deliveries() + health.failures());
      case BACKLOG -> health.backlog();
      case LABEL -> 0;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
