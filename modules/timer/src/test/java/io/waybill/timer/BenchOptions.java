package io.waybill.timer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The command line of {@link TimerBench}: {@code --name=value}, each with a default. */
record BenchOptions(
    String mode,
    int tasks,
    int seconds,
    int partitions,
    int destinations,
    int payloadBytes,
    int live,
    int threads,
    int parkRate) {
  private static final Set<String> NAMES =
      Set.of(
          "mode",
          "tasks",
          "seconds",
          "partitions",
          "destinations",
          "payload-bytes",
          "live",
          "threads",
          "park-rate");

  static BenchOptions parse(String... args) {
    Map<String, String> given = new HashMap<>();
    for (String arg : args) {
      String[] parts = arg.split("=", 2);
      String name = parts[0].replaceFirst("^--", "");
      if (parts.length != 2 || !NAMES.contains(name)) {
        throw new IllegalArgumentException(
            arg + " is not an option; give --name=value with a name of " + sorted());
      }
      given.put(name, parts[1]);
    }
    BenchOptions options =
        new BenchOptions(
            given.getOrDefault("mode", "spread"),
            number(given, "tasks", 1_000_000),
            number(given, "seconds", 600),
            number(given, "partitions", 3),
            number(given, "destinations", 100),
            number(given, "payload-bytes", 512),
            number(given, "live", 200),
            number(given, "threads", 1),
            number(given, "park-rate", 6_000));
    if (!Set.of("spread", "instant").contains(options.mode)) {
      throw new IllegalArgumentException("--mode is spread or instant, not " + options.mode);
    }
    return options;
  }

  private static String sorted() {
    String[] names = NAMES.toArray(String[]::new);
    Arrays.sort(names);
    return String.join(", ", names);
  }

  private static int number(Map<String, String> given, String name, int byDefault) {
    String text = given.getOrDefault(name, Integer.toString(byDefault));
    int value = Integer.parseInt(text);
    if (value < 1) {
      throw new IllegalArgumentException("--" + name + " must be at least 1, not " + text);
    }
    return value;
  }

  /** Whether all are due at one instant. */
  boolean isInstant() {
    return mode.equals("instant");
  }
}
