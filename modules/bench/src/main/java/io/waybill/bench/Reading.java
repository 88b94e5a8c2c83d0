package io.waybill.bench;

import java.time.Duration;
import java.util.Optional;

/**
 * All counters at one moment.
 *
 * @param subject CPU of the process that is measured
 * @param compilers time of that process's compilers
 * @param benchmark CPU of all processes of the benchmark, the measured one too
 * @param machine CPU of everything that runs here
 */
record Reading(
    long nanos,
    long received,
    long connections,
    Duration subject,
    Duration compilers,
    Duration receiver,
    Duration broker,
    Duration benchmark,
    Optional<Duration> machine) {

  private static final Duration SOON = Duration.ofSeconds(10);

  static Reading now(Lab lab, Child subject) {
    return now(lab, subject, lab.broker());
  }

  /** The same with another broker than the laboratory's own. */
  static Reading now(Lab lab, Child subject, Child broker) {
    // First: the receiver answers this one between two rounds of its work, which may be long.
    long connections = lab.connections();
    return new Reading(
        System.nanoTime(),
        lab.received(),
        connections,
        subject.cpu(),
        Duration.ofMillis(Long.parseLong(subject.order(SOON, "compiled"))),
        lab.receiver().cpu(),
        broker.cpu(),
        lab.cpu(),
        Machine.busy());
  }
}
