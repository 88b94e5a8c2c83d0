package io.waybill.soak;

import java.nio.file.Path;
import java.time.Duration;

/**
 * One run.
 *
 * @param seed decides the schedule of faults, all of it
 * @param lasts how long faults go on
 * @param brokers 1, or 3 with replication 3 and min ISR 2
 * @param every the mean time between two signals to processes
 * @param perSecond requests published, whatever happens
 * @param calm how long each of the three windows before the faults lasts, in which nobody is killed
 *     and one destination is dead in the second
 * @param folder of the run's files; must not be there yet
 */
record SoakConfig(
    long seed,
    Duration lasts,
    int brokers,
    Duration every,
    int perSecond,
    Duration calm,
    Path folder) {
  SoakConfig {
    if (brokers != 1 && brokers != 3) {
      throw new SoakException("--brokers must be 1 or 3, not " + brokers);
    }
    if (!lasts.isPositive() || !every.isPositive() || perSecond < 1) {
      throw new SoakException("--minutes, --every and --rate must be positive");
    }
    folder = folder.toAbsolutePath().normalize();
  }
}
