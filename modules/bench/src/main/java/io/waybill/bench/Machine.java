package io.waybill.bench;

import io.waybill.sender.Sender;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.core5.util.VersionInfo;
import org.apache.kafka.common.utils.AppInfoParser;
import org.jspecify.annotations.Nullable;

/** Where a figure was measured, and what else that machine was doing. */
final class Machine {
  private static final Path STAT = Path.of("/proc/stat");
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");

  /** Linux counts in hundredths of a second, whatever its kernel's own rate. */
  private static final long TICK_MILLIS = 10;

  private Machine() {}

  static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Names and values for the head of a report. */
  static Map<String, String> description() {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("cores", cores() + processor().map(model -> " (" + model + ")").orElse(""));
    lines.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    lines.put("jvm", System.getProperty("java.vm.name") + " " + Runtime.version());
    lines.put("kafka", AppInfoParser.getVersion());
    VersionInfo client =
        VersionInfo.loadVersionInfo(
            "org.apache.hc.client5", Thread.currentThread().getContextClassLoader());
    lines.put("http client", client == null ? "unknown" : client.getRelease());
    lines.put("waybill", orUnknown(Sender.class.getPackage().getImplementationVersion()));
    lines.put("commit", System.getProperty("waybill.bench.commit", "unknown"));
    return lines;
  }

  /** The head of a report. */
  static void print(PrintStream out) {
    description().forEach((name, value) -> out.printf("%-12s %s%n", name, value));
  }

  private static String orUnknown(@Nullable String version) {
    return version == null ? "unknown" : version;
  }

  private static Optional<String> processor() {
    try {
      return Files.readAllLines(CPUINFO).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** CPU time that the whole machine has used; empty where that is not told. */
  static Optional<Duration> busy() {
    try {
      String[] ticks = Files.readAllLines(STAT).getFirst().split(" +", -1);
      // user, nice, system, (idle, waiting,) interrupts, soft interrupts, stolen
      long sum = 0;
      for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
        sum += Long.parseLong(ticks[i]);
      }
      return Optional.of(Duration.ofMillis(TICK_MILLIS * sum));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
