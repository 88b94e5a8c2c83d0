package io.waybill.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.testkit.HttpSink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the {@code sh} blocks of docs/first-steps.md, in their order, as one shell would. */
class DocumentedCommandsIT {
  private static final Pattern BLOCK =
      Pattern.compile("^```sh( kcat)?\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  @Test
  void firstStepsWorkAsWritten(@TempDir Path folder) throws Exception {
    Shell shell = new Shell(folder);
    Path script = folder.resolve("first-steps.sh");
    List<String> blocks = blocks(Path.of("..", "..", "docs", "first-steps.md"));
    assertThat(blocks).hasSizeGreaterThan(5);
    Files.writeString(script, String.join("\n", blocks));
    try (HttpSink receiver = HttpSink.start()) {
      Process up =
          shell.start(
              "up.log", Map.of(), List.of("bin/waybill", "up", "--allow-cidr", "127.0.0.0/8"));
      try {
        Awaitility.await()
            .atMost(Duration.ofSeconds(90))
            .until(
                () -> shell.output("up.log").lines().anyMatch(line -> line.startsWith("ready ")));

        Process steps =
            shell.start(
                "steps.log",
                Map.of("RECEIVER", receiver.uri("/events").toString()),
                List.of("bash", "-eu", "-o", "pipefail", script.toString()));
        int exit = Shell.end(steps, Duration.ofMinutes(3));

        String output = shell.output("steps.log");
        assertThat(exit).as(output).isZero();
        assertThat(output)
            .contains("completed", "duplicate", "failed", "replayed", "attempts-exhausted")
            .contains("organizationId", "options.priority")
            .doesNotContain("s3cr3t");
        assertThat(receiver.requests("/events"))
            .filteredOn(request ->
                request
                    .bodyText()
                    .equals(
                        "{\"reportId\": \"daily-1\", \"totalEvents\": 1250, \"price\": 1.10,"
                            + " \"id\": 9007199254740993}"))
            .as("sent once although it was published twice")
            .hasSize(1);
        assertThat(receiver.requests("/events"))
            .filteredOn(request -> request.bodyText().equals("1"))
            .as("replayed once to the mended destination")
            .hasSize(1);
        assertThat(receiver.requests("/events"))
            .filteredOn(request -> request.bodyText().equals("2"))
            .as("cancelled before it was due")
            .isEmpty();
      } finally {
        up.destroy();
        Shell.end(up, Duration.ofSeconds(60));
      }
    }
  }

  private static List<String> blocks(Path page) throws Exception {
    boolean kcat = new ProcessBuilder("bash", "-c", "command -v kcat").start().waitFor() == 0;
    List<String> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(Files.readString(page));
    while (matcher.find()) {
      if (matcher.group(1) == null || kcat) {
        blocks.add(matcher.group(2));
      } else {
        System.out.println("SKIPPED a block of " + page.getFileName() + ": kcat is not installed");
      }
    }
    return blocks;
  }
}
