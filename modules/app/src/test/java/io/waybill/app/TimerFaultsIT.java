package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.checker.Bounds;
import io.waybill.checker.Received;
import io.waybill.testkit.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two timer processes keep what waits while some receivers are unwell, and each is killed once. No
 * sender is: so nothing at all may be repeated that ended its task, by the guarantee checker's
 * count.
 */
@Tag("long")
class TimerFaultsIT {
  private static final int DESTINATIONS = 10;
  private static final int PER_SECOND = 200;
  private static final int SOME = 1_000;
  private static final Duration SOON = Duration.ofSeconds(120);
  private static final Bounds NO_REPEATS = new Bounds(0, 0, 0);

  @Test
  void killedTimersLoseNothingAndLetNothingGoTwice(@TempDir Path folder) throws Exception {
    MixedReceivers receivers =
        new MixedReceivers(DESTINATIONS, _ -> Answer.status(200).after(Duration.ofMillis(50)));
    try (SenderLab lab = SenderLab.startWithoutTimer(folder);
        SteadyLoad load = SteadyLoad.to(lab, DESTINATIONS, receivers)) {
      lab.startTimers("first", "second");
      lab.startSenders("one");
      load.start(PER_SECOND);
      load.awaitArrivals(SOME, SOON);
      lab.timer("first").kill();
      load.awaitArrivals(SOME, SOON);
      lab.startTimers("first");
      load.awaitArrivals(SOME, SOON);
      lab.timer("second").kill();
      load.awaitArrivals(SOME, SOON);
      load.stop();
      receivers.recover();
      load.awaitAllEnded(SOON);

      List<Received> received = load.received();
      long failed = received.stream().filter(one -> !Judgement.isEnd(one)).count();
      System.out.printf(
          "2 timers killed under load: %d deliveries, %d requests received, %d of them had to come"
              + " again%n",
          load.submitted().size(), received.size(), failed);
      assertThat(failed).as("tasks went through the timer").isPositive();
      assertThat(lab.alarms()).isEmpty();
      Judgement.assertEveryRuleHolds(folder, lab.waybill(), load.submitted(), received, NO_REPEATS);
    }
  }
}
