package io.waybill.bench;

import java.time.Duration;
import java.util.Locale;

/**
 * What happened between two readings.
 *
 * @param perSecond requests that the receivers got
 * @param cpuMicros CPU of the measured process for each of them
 * @param compilerMicros how much of that its compilers took, about
 * @param receiverMicros the same of the receivers' process
 * @param brokerMicros the same of the broker's
 * @param connections open at its end
 * @param othersCores cores that processes of others used meanwhile; NaN where that is not told
 */
record Window(
    double perSecond,
    double cpuMicros,
    double compilerMicros,
    double receiverMicros,
    double brokerMicros,
    long connections,
    double othersCores) {
  private static final double WARM = 0.04;

  static final String HEADING =
      "round    what         sends/s   us CPU/send   compiler us   receiver us   broker us   connections   others' cores";

  static Window between(Reading from, Reading to) {
    return between(from, to, to.received() - from.received());
  }

  /**
   * The same of something else than requests that the receivers got.
   *
   * @param count how many there were
   */
  static Window between(Reading from, Reading to, long count) {
    double nanos = to.nanos() - from.nanos();
    double sends = count;
    Duration benchmark = to.benchmark().minus(from.benchmark());
    double others =
        from.machine().isEmpty() || to.machine().isEmpty()
            ? Double.NaN
            : to.machine().get().minus(from.machine().get()).minus(benchmark).toNanos() / nanos;
    return new Window(
        sends * 1e9 / nanos,
        micros(from.subject(), to.subject(), sends),
        micros(from.compilers(), to.compilers(), sends),
        micros(from.receiver(), to.receiver(), sends),
        micros(from.broker(), to.broker(), sends),
        to.connections(),
        others);
  }

  private static double micros(Duration from, Duration to, double sends) {
    return to.minus(from).toNanos() / 1e3 / sends;
  }

  /** Whether the compilers are as good as done with what runs. */
  boolean isWarm() {
    return compilerMicros < WARM * cpuMicros;
  }

  String row(String round, String what) {
    return String.format(
        Locale.ROOT,
        "%-8s %-12s %7.0f %13.1f %13.1f %13.1f %11.1f %13d %15.2f",
        round,
        what,
        perSecond,
        cpuMicros,
        compilerMicros,
        receiverMicros,
        brokerMicros,
        connections,
        othersCores);
  }
}
