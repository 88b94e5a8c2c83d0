package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.checker.Received;
import io.waybill.testkit.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator writes into the section {@code sender}, as receivers see it. */
@Tag("long")
class ConfiguredSenderIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int DESTINATIONS = 2;
  private static final int CAP = 3;
  private static final int PER_SECOND = 20;
  private static final int EACH = 100;
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Between an attempt's beginning and its arrival, on a machine that is busy. */
  private static final int LATE = 4;

  /** What the receiver writes down after its answer has gone out. */
  private static final Duration WRITES_DOWN = Duration.ofMillis(20);

  private static final Comparator<Instant> BY_TIME = Comparator.naturalOrder();

  @Test
  void keepsToTheCapAndTheRateOfEachDestination(@TempDir Path folder) {
    try (SenderLab lab = SenderLab.start(folder);
        SteadyLoad load =
            SteadyLoad.to(
                lab, DESTINATIONS, _ -> Answer.status(200).after(Duration.ofMillis(60)))) {
      lab.configure(
          "sender: {inFlight: 50, perDestination: {inFlight: %d, perSecond: %d}}"
              .formatted(CAP, PER_SECOND));
      lab.startSenders("one");
      load.publish(DESTINATIONS * EACH);
      load.awaitAllEnded(SOON);
      load.stop();

      Map<String, List<Received>> byDestination =
          load.received().stream().collect(Collectors.groupingBy(Received::destinationId));
      assertThat(byDestination).hasSize(DESTINATIONS);
      byDestination.forEach((destination, received) -> {
        assertThat(received).hasSize(EACH);
        assertThat(mostWithin(SECOND, received))
            .as("what was saved up, and the second's own")
            .isLessThanOrEqualTo(2 * PER_SECOND + LATE);
        assertThat(mostWithin(SECOND.multipliedBy(3), received))
            .isLessThanOrEqualTo(4 * PER_SECOND + LATE);
        assertThat(mostUnderWay(received)).isEqualTo(CAP);
        Instant first = received.stream().map(Received::receivedAt).min(BY_TIME).orElseThrow();
        Instant last = received.stream().map(Received::receivedAt).max(BY_TIME).orElseThrow();
        assertThat(Duration.between(first, last))
            .as("a second's worth at once, and the rest at the rate")
            .isBetween(
                Duration.ofMillis((EACH - PER_SECOND) * 900L / PER_SECOND),
                Duration.ofMillis((EACH - PER_SECOND) * 1_000L / PER_SECOND).plusSeconds(5));
      });
    }
  }

  private static long mostWithin(Duration window, List<Received> received) {
    return received.stream()
        .mapToLong(one ->
            received.stream()
                .filter(other -> !other.receivedAt().isBefore(one.receivedAt()))
                .filter(other -> other.receivedAt().isBefore(one.receivedAt().plus(window)))
                .count())
        .max()
        .orElse(0);
  }

  /** Counted when one begins: those that have begun and not ended. */
  private static long mostUnderWay(List<Received> received) {
    return received.stream()
        .mapToLong(one ->
            received.stream()
                .filter(other -> !other.receivedAt().isAfter(one.receivedAt()))
                .filter(other ->
                    other.answeredAt().orElseThrow().minus(WRITES_DOWN).isAfter(one.receivedAt()))
                .count())
        .max()
        .orElse(0);
  }
}
