package io.waybill.bench;

import io.waybill.domain.RetryPolicy;
import io.waybill.sender.BreakerPolicy;
import io.waybill.sender.LaneLimits;
import io.waybill.sender.SenderConfig;
import io.waybill.sender.SenderLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The real sender as a process of the benchmark. */
final class SenderMain {
  /** In place of the limits: those that hold when nothing else is said. */
  static final String DEFAULTS = "defaults";

  /** The order that starts it with the service's telemetry. */
  static final String WATCHED = "start-watched";

  /** The order that starts it with the broker and the registry that follow. */
  static final String AT = "start-at";

  /** In place of the limits: those that hold in this heap, but a load that waits parks nothing. */
  static final String PATIENT = "patient";

  /** In place of the limits: as many in flight as an operator can allow, in this heap. */
  static final String MOST = "most";

  /** What {@code sender.inFlight} may be at most. */
  static final int MOST_IN_FLIGHT = 10_000;

  /** A limit that counts, and stops nothing. */
  private static final double UNREACHED = 100_000;

  private SenderMain() {}

  /**
   * {@code args}: bootstrap servers, registry URL, keyset file, then either {@code defaults},
   * {@code patient}, {@code most}, or the sends in flight and the {@link Targets}.
   */
  public static void main(String[] args) throws IOException {
    SenderLimits usual = SenderLimits.defaults();
    boolean isNamed = Set.of(DEFAULTS, PATIENT, MOST).contains(args[3]);
    Targets targets = isNamed ? new Targets(List.of(), Optional.empty()) : Targets.of(args, 4);
    SenderLimits limits =
        switch (args[3]) {
          case DEFAULTS -> usual;
          case PATIENT -> patient(usual.inFlight(), usual);
          case MOST -> patient(MOST_IN_FLIGHT, usual);
          default -> limits(Integer.parseInt(args[3]), targets.count());
        };
    SenderConfig config =
        new SenderConfig(
            Traffic.TYPE,
            "bench",
            Map.of("bootstrap.servers", args[0]),
            limits,
            RetryPolicy.defaults(),
            BreakerPolicy.defaults(),
            Duration.ofSeconds(60));
    SenderSubject subject = new SenderSubject(config, args[1], Path.of(args[2]), targets.trust());
    Orders.serve(
        "ready",
        order -> {
          if (order.equals(List.of(WATCHED))) {
            subject.startWatched();
            return "done";
          }
          if (order.getFirst().equals(AT)) {
            subject.startAt(order.get(1), order.get(2));
            return "done";
          }
          return Subject.obey(subject, order);
        });
    System.exit(0);
  }

  private static SenderLimits patient(int inFlight, SenderLimits usual) {
    LaneLimits lane = usual.lane();
    return usual
        .with(inFlight, new LaneLimits(lane.inFlight(), UNREACHED, usual.perPartition()))
        .within(Runtime.getRuntime().maxMemory(), 1);
  }

  /**
   * Limits that are all at work and none of which is reached before {@code inFlight} sends are
   * under way.
   */
  private static SenderLimits limits(int inFlight, int destinations) {
    SenderLimits usual = SenderLimits.defaults();
    return new SenderLimits(
        // A fifth is kept for express tasks, of which there are none here.
        inFlight + inFlight / 4,
        usual.perPartition(),
        usual.bytes(),
        usual.payloadCacheBytes(),
        usual.commitInterval(),
        usual.batchRecords(),
        usual.revokeDrain(),
        usual.closeWithin(),
        usual.watchdogGrace(),
        new LaneLimits(
            Traffic.inFlightPerDestination(inFlight, destinations),
            // A limit per second of which a tenth is used: it counts, and stops nothing.
            Math.max(1_000, 200_000.0 / destinations),
            // As many as a partition's limit lets in: a load that waits is no reason to park.
            inFlight));
  }
}
