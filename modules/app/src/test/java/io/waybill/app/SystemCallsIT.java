package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.waybill.channel.contract.Trap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel was asked for, which no log of ours can embellish. Needs strace. */
@Tag("long")
class SystemCallsIT {
  @TempDir Path folder;

  @Test
  void theProcessConnectsToNothingThatIsDenied() throws Exception {
    assumeThat(straceIsThere()).as("strace is on the path").isTrue();
    Path calls = folder.resolve("calls");
    Path output = folder.resolve("output");
    try (Trap trap = new Trap()) {
      Process process =
          new ProcessBuilder(
                  "strace",
                  "-f",
                  "-qq",
                  "-e",
                  "trace=connect",
                  "-o",
                  calls.toString(),
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  EveryDeniedHost.class.getName(),
                  Integer.toString(trap.port()))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(4, TimeUnit.MINUTES)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }

      assertThat(Files.readString(output)).contains("done");
      List<String> connects =
          Files.readAllLines(calls).stream().filter(line -> line.contains("AF_INET")).toList();
      assertThat(connects)
          .as("calls of connect(2), the allowed ones at the end")
          .isNotEmpty()
          .allSatisfy(call ->
              assertThat(call).contains("htons(" + trap.port() + ")").contains("127.0.0.1"));
      // One for each type, at the end, when the operator allowed it.
      assertThat(connects).hasSize(3);
      assertThat(trap.calls()).hasSize(3);
    }
  }

  private static boolean straceIsThere() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "strace")));
  }
}
