package io.waybill.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as the README shows it. */
class DemoIT {
  @Test
  void showsARetryADeadLetterAndItsReplay(@TempDir Path folder) throws Exception {
    Shell shell = new Shell(folder);

    Process demo = shell.start("demo.log", Map.of(), List.of("bin/waybill", "demo"));

    int exit = Shell.end(demo, Duration.ofMinutes(3));
    String output = shell.output("demo.log");
    assertThat(exit).as(output).isZero();
    assertThat(output)
        .contains("Loopback (127.0.0.0/8) is allowed for the demo's own receiver")
        .containsPattern("daily report +processing +SIEM Integration +retrying +1")
        .containsPattern("daily report +processing +SIEM Integration +retrying +2")
        .containsPattern("daily report +completed +SIEM Integration +delivered +3")
        .containsPattern("phi-access +partial +Real-time Analytics +failed +3")
        .containsPattern("phi-access +completed +Real-time Analytics +delivered +1")
        .contains("x-source: audit-system")
        .contains("\"totalEvents\": 1250")
        .doesNotContain("\u001b[")
        .doesNotContain("Exception");
  }
}
