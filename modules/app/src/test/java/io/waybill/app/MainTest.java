package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
  @Test
  void hasTheCommandsThatRunWaybillAndThoseThatTalkToIt() {
    assertThat(Main.commandLine().getSubcommands())
        .containsKeys(
            "up",
            "run",
            "topics",
            "config",
            "deliver",
            "status",
            "destinations",
            "deliveries",
            "dead-letters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up",
        "run",
        "topics",
        "topics apply",
        "topics acls",
        "config",
        "config check",
        "config show"
      })
  void theyHaveHelpAndVersion(String command) {
    StringWriter out = new StringWriter();
    CommandLine line = Main.commandLine().setOut(new PrintWriter(out, true));

    assertThat(line.execute((command + " --help").split(" "))).isZero();
    assertThat(out.toString()).contains("Usage: waybill " + command).contains("--verbose");
    assertThat(line.execute((command + " --version").split(" "))).isZero();
    assertThat(out.toString()).contains("waybill ");
  }
}
