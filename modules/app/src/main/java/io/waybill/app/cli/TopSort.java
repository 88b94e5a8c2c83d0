package io.waybill.app.cli;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationHealth;
import java.util.Comparator;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Which destinations {@code waybill top} shows first: the values of {@code --sort}. */
enum TopSort {
  /** The slowest: by the average time of an attempt. */
  LATENCY(health -> health.averageDuration().toNanos()),
  /** Those that fail: by failures in a row. */
  FAILURES(DestinationHealth::consecutiveFailures),
  /** Those that take the least of what they get: by success rate, the worst first. */
  SUCCESS(health -> -health.deliveries() / (double) (health.deliveries() + health.failures())),
  /** Those with the most unfinished tasks. */
  BACKLOG(DestinationHealth::backlog),
  /** By organization and label. */
  LABEL(health -> 0);

  private static final Comparator<HealthView> BY_NAME =
      Comparator.comparing(HealthView::destination,
          Comparator.comparing(Destination::organizationId)
              .thenComparing(Destination::label)
              .thenComparing(Destination::id));

  private final ToDoubleFunction<DestinationHealth> measure;

  TopSort(ToDoubleFunction<DestinationHealth> measure) {
    this.measure = measure;
  }

  /** The most first; those that nothing is known of last. */
  Comparator<HealthView> order() {
    return Comparator.<HealthView>comparingDouble(this::of).reversed().thenComparing(BY_NAME);
  }

  private double of(HealthView view) {
    // Not a number of a destination that was never tried: it has no rate.
    double measured = view.health().map(measure::applyAsDouble).orElse(Double.NEGATIVE_INFINITY);
    return Double.isNaN(measured) ? Double.NEGATIVE_INFINITY : measured;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
