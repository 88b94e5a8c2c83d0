package io.waybill.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What processes occupy. */
final class Memory {
  private static final double KIB = 1024;
  private static final long MIB = 1024 * 1024;
  private static final String RESIDENT = "VmRSS:";

  private Memory() {}

  /** Of this process's heap in MiB, after all that is garbage has been collected. */
  static long heapAfterCollection() {
    Runtime runtime = Runtime.getRuntime();
    runtime.gc();
    return (runtime.totalMemory() - runtime.freeMemory()) / MIB;
  }

  /** All of a process, heap and everything else, in MiB. */
  static double residentMiB(long pid) {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    try {
      return Files.isReadable(status) ? ofLinux(Files.readAllLines(status)) : ofPs(pid);
    } catch (IOException e) {
      throw new BenchException("the memory of process " + pid + " is not told", e);
    }
  }

  private static double ofLinux(List<String> status) {
    return status.stream()
        .filter(line -> line.startsWith(RESIDENT))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / KIB)
        .findFirst()
        .orElseThrow(() -> new BenchException("/proc tells no " + RESIDENT));
  }

  /** As macOS tells it. */
  private static double ofPs(long pid) throws IOException {
    Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid)).start();
    String kib = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return Long.parseLong(kib) / KIB;
  }
}
