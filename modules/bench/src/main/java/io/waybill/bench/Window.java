package io.waybill.bench;

import java.time.Duration;
import java.util.Locale;

/**
 * What happened between two readings.
 *
 * @param perSecond requests that the receivers got
 * @param cpuMicros CPU of the measured process for each of them
 * @param receiverMicros the same of the receivers' process
 * @param brokerMicros the same of the broker's
 * @param connections open at its end
 * @param othersCores cores that processes of others used meanwhile; NaN where that is not told
 */
record Window(
    double perSecond,
    double cpuMicros,
    double receiverMicros,
    double brokerMicros,
    long connections,
    double othersCores) {
  static final String HEADING =
      "round    what         sends/s   us CPU/send   receiver us   broker us   connections   others' cores";

  static Window between(Reading from, Reading to) {
    double nanos = to.nanos() - from.nanos();
    double sends = to.received() - from.received();
    Duration benchmark = to.benchmark().minus(from.benchmark());
    double others =
        from.machine().isEmpty() || to.machine().isEmpty()
            ? Double.NaN
            : to.machine().get().minus(from.machine().get()).minus(benchmark).toNanos() / nanos;
    return new Window(
        sends * 1e9 / nanos,
        micros(from.subject(), to.subject(), sends),
        micros(from.receiver(), to.receiver(), sends),
        micros(from.broker(), to.broker(), sends),
        to.connections(),
        others);
  }

  private static double micros(Duration from, Duration to, double sends) {
    return to.minus(from).toNanos() / 1e3 / sends;
  }

  String row(String round, String what) {
    return String.format(
        Locale.ROOT,
        "%-8s %-12s %7.0f %13.1f %13.1f %11.1f %13d %15.2f",
        round,
        what,
        perSecond,
        cpuMicros,
        receiverMicros,
        brokerMicros,
        connections,
        othersCores);
  }
}
