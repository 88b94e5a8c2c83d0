package io.waybill.checker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong is said before Kafka is asked. */
class CheckerMainTest {
  @TempDir private Path folder;
  private final StringWriter output = new StringWriter();

  @Test
  void anEmptyRunIsNotAGoodOne() throws IOException {
    Path empty = Files.createFile(folder.resolve("submitted.jsonl"));

    assertThat(run("--submitted", empty.toString())).isEqualTo(CheckerMain.NOT_JUDGED);
    assertThat(output.toString()).contains("nothing was submitted").contains(empty.toString());
  }

  @Test
  void aMissingHistoryIsNamed() {
    assertThat(run("--submitted", folder.resolve("nowhere").toString()))
        .isEqualTo(CheckerMain.NOT_JUDGED);
    assertThat(output.toString()).contains("nowhere cannot be read");
  }

  @Test
  void boundsMustNotBeNegative() {
    assertThat(run("--submitted", "x", "--crashes=-1")).isEqualTo(CheckerMain.NOT_JUDGED);
    assertThat(output.toString()).contains("must not be negative");
  }

  @Test
  void wrongOptionsAreAUsageError() {
    assertThat(run("--submited", "x")).isEqualTo(CheckerMain.NOT_JUDGED);
    assertThat(output.toString()).contains("--submitted");
  }

  private int run(String... more) {
    Path received = folder.resolve("received.jsonl");
    try {
      Files.writeString(received, "");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    String[] args = new String[more.length + 3];
    args[0] = "--bootstrap-server=127.0.0.1:1";
    args[1] = "--registry=http://127.0.0.1:1";
    args[2] = "--received=" + received;
    System.arraycopy(more, 0, args, 3, more.length);
    PrintWriter writer = new PrintWriter(output);
    return CheckerMain.commandLine().setOut(writer).setErr(writer).execute(args);
  }
}
