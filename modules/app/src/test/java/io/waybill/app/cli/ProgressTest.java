package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final StringWriter written = new StringWriter();

  private Progress progress(boolean interactive, Duration between) {
    return new Progress("replayed", 100_000, interactive, between, new PrintWriter(written, true));
  }

  @Test
  void aPersonSeesABarThatMovesInOneLine() {
    Progress progress = progress(true, Duration.ZERO);

    progress.show(0);
    progress.show(50_000);
    progress.end(100_000);

    assertThat(written.toString().split("\r"))
        .containsExactly(
            "",
            "[" + ".".repeat(30) + "] replayed 0 of 100,000",
            "[" + "#".repeat(15) + ".".repeat(15) + "] replayed 50,000 of 100,000",
            "[" + "#".repeat(30) + "] replayed 100,000 of 100,000" + System.lineSeparator());
  }

  @Test
  void aFileGetsALineEveryNowAndThen() {
    Progress progress = progress(false, Duration.ZERO);

    progress.show(500);
    progress.end(1_000);

    assertThat(written.toString().lines())
        .containsExactly("waybill: replayed 500 of 100,000", "waybill: replayed 1,000 of 100,000");
  }

  @Test
  void whatIsOverAtOnceIsNotWorthALine() {
    Progress progress = progress(true, Duration.ofHours(1));

    progress.show(99_999);
    progress.end(100_000);

    assertThat(written.toString()).isEmpty();
  }
}
