package io.waybill.bench;

import java.time.Duration;
import java.util.Optional;

/**
 * All counters at one moment.
 *
 * @param subject CPU of the process that is measured
 * @param benchmark CPU of all processes of the benchmark, the measured one too
 * @param machine CPU of everything that runs here
 */
record Reading(
    long nanos,
    long received,
    long connections,
    Duration subject,
    Duration receiver,
    Duration broker,
    Duration benchmark,
    Optional<Duration> machine) {

  static Reading now(Lab lab, Child subject) {
    return new Reading(
        System.nanoTime(),
        lab.received(),
        lab.connections(),
        subject.cpu(),
        lab.receiver().cpu(),
        lab.broker().cpu(),
        lab.cpu(),
        Machine.busy());
  }
}
