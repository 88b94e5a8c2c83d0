package io.waybill.timer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process occupies now. Linux only: it reads {@code /proc}. */
record Footprint(long residentMiB, long heapMiB) {
  private static final Path STATUS = Path.of("/proc/self/status");

  static Footprint now() {
    Runtime runtime = Runtime.getRuntime();
    try (var lines = Files.lines(STATUS)) {
      long kib =
          lines
              .filter(line -> line.startsWith("VmRSS:"))
              .map(line -> line.replaceAll("\\D", ""))
              .mapToLong(Long::parseLong)
              .findFirst()
              .orElseThrow();
      return new Footprint(kib / 1024, (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    } catch (IOException e) {
      throw new UncheckedIOException(STATUS + " cannot be read; the benchmark needs Linux", e);
    }
  }

  Footprint max(Footprint other) {
    return new Footprint(
        Math.max(residentMiB, other.residentMiB), Math.max(heapMiB, other.heapMiB));
  }

  @Override
  public String toString() {
    return "rss %d MiB, heap used %d MiB".formatted(residentMiB, heapMiB);
  }
}
