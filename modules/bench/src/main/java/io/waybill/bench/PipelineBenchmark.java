package io.waybill.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The whole road, from a request to its final status, against the bare loop, which only sends: one
 * after the other within each round, all on the same cores, the broker too.
 */
final class PipelineBenchmark {
  private static final int USUAL_SECONDS = 10;
  private static final String START = "start";

  private final Lab lab;
  private final Options options;
  private final int inFlight;

  /**
   * @param inFlight of the bare loop; the roles have the limits that they ship with
   */
  PipelineBenchmark(Lab lab, Options options, int inFlight) {
    this.lab = lab;
    this.options = options;
    this.inFlight = inFlight;
  }

  Report measure() {
    Duration length = Duration.ofSeconds(options.seconds(USUAL_SECONDS));
    Windows windows = new Windows(lab, options, Windows.SETTLING);
    windows.answerAfter(0);
    List<Double> rates = new ArrayList<>();
    List<Double> perSecond = new ArrayList<>();
    List<Double> rolesCpu = new ArrayList<>();
    List<Double> brokerCpu = new ArrayList<>();
    Side bareLoop;
    try (Pipeline pipeline = new Pipeline(lab, options, "")) {
      bareLoop = Side.bareLoop(lab, inFlight);
      System.out.println(Window.HEADING);
      pipeline.warmUp();
      windows.warmUp(bareLoop, START);
      for (int number = 1; number <= options.rounds(); number++) {
        String round = Integer.toString(number);
        // Turn about, so that whatever the first leaves behind does not always hit the same one.
        boolean rolesFirst = number % 2 == 0;
        Window first =
            rolesFirst
                ? pipeline.batch(round, length)
                : windows.measure(bareLoop, START, bareLoop.name(), round, length);
        Window second =
            rolesFirst
                ? windows.measure(bareLoop, START, bareLoop.name(), round, length)
                : pipeline.batch(round, length);
        Window ofRoles = rolesFirst ? first : second;
        Window ofBareLoop = rolesFirst ? second : first;
        Windows.requireSends(ofRoles, ofBareLoop);
        rates.add(ofRoles.perSecond() / ofBareLoop.perSecond());
        perSecond.add(ofRoles.perSecond());
        rolesCpu.add(ofRoles.cpuMicros());
        brokerCpu.add(ofRoles.brokerMicros());
      }
    }
    return new Report(
        List.of(
            Figure.median(
                "pipeline.rate",
                "final statuses per second / bare loop's sends per second",
                rates,
                new Figure.Goal.AtLeast(0.30),
                new Figure.Goal.AtLeast(0.50))),
        List.of(
            String.format(
                Locale.ROOT,
                "%d destinations, one of each request, %d partitions, %d bytes of payload, %d"
                    + " rounds of about %d s; the bare loop with %d in flight",
                options.destinations(),
                options.partitions(),
                options.payloadBytes(),
                options.rounds(),
                length.toSeconds(),
                inFlight),
            String.format(
                Locale.ROOT,
                "%.0f final statuses per second; CPU of each: %.0f us of the roles, %.0f us of the"
                    + " broker",
                Numbers.median(perSecond),
                Numbers.median(rolesCpu),
                Numbers.median(brokerCpu)),
            bareLoop.unrecorded()));
  }
}
