package io.waybill.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.checker.Rule;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A short soak, as bin/soak runs it: everything is killed, and nothing is lost. */
@Tag("long")
class SoakIT {
  /** Half a minute of a machine that builds beside it says nothing about a p99. */
  private static final Set<String> NOT_IN_A_SHORT_RUN = Set.of(Measures.ISOLATION);

  private static final int BUSY = 4;

  /** Seconds are for bin/soak, on a machine of its own; here others may build meanwhile. */
  private static boolean isSlowAtMost(Bound bound) {
    return bound.unit().equals("s") && bound.value() <= BUSY * bound.limit();
  }

  @Test
  @Timeout(value = 25, unit = TimeUnit.MINUTES)
  void losesNothingWhateverIsKilled(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder)
      throws Exception {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    Path run = folder.resolve("run");
    SoakConfig config =
        new SoakConfig(
            1, Duration.ofSeconds(75), 1, Duration.ofSeconds(4), 30, Duration.ofSeconds(6), run);

    Verdict verdict = new Soak(config, "test", out).run();

    verdict.print(out);
    assertThat(verdict.report().findings()).isEmpty();
    assertThat(verdict.bounds())
        .filteredOn(bound -> !NOT_IN_A_SHORT_RUN.contains(bound.name()))
        .allMatch(
            bound -> bound.holds() || isSlowAtMost(bound), "holds, or is slow on a busy machine");
    assertThat(verdict.kills()).isGreaterThanOrEqualTo(8);
    assertThat(verdict.report().numbers().submitted()).isGreaterThan(1_000);

    Verdict again = Judge.judgeAgain(new RunFiles(run));

    assertThat(again.report()).isEqualTo(verdict.report());
    assertThat(again.bounds()).isEqualTo(verdict.bounds());
    for (Rule rule : Rule.values()) {
      assertThat(again.report().of(rule)).as(rule.word()).isEmpty();
    }
  }
}
