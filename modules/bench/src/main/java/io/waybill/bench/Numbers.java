package io.waybill.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Medians and their looks. */
final class Numbers {
  private Numbers() {}

  static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static String show(double value) {
    String format = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }

  /** Smallest and largest. */
  static String range(List<Double> values) {
    return show(values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN))
        + " to "
        + show(values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN));
  }
}
