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

/** The real sender as a process of the benchmark. */
final class SenderMain {
  /** In place of the limits: those that hold when nothing else is said. */
  static final String DEFAULTS = "defaults";

  /** The order that starts it with the service's telemetry. */
  static final String WATCHED = "start-watched";

  private SenderMain() {}

  /**
   * {@code args}: bootstrap servers, registry URL, keyset file, then either {@code defaults} or the
   * sends in flight and the {@link Targets}.
   */
  public static void main(String[] args) throws IOException {
    boolean usual = args[3].equals(DEFAULTS);
    Targets targets = usual ? new Targets(List.of(), Optional.empty()) : Targets.of(args, 4);
    SenderLimits limits =
        usual ? SenderLimits.defaults() : limits(Integer.parseInt(args[3]), targets.count());
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
          return Subject.obey(subject, order);
        });
    System.exit(0);
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
