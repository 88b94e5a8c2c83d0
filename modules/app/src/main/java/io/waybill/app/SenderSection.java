package io.waybill.app;

import io.waybill.sender.LaneLimits;
import io.waybill.sender.SenderLimits;
import java.util.Set;

/** The section {@code sender}: how much a sender has under way, and of one destination. */
final class SenderSection {
  static final Set<String> KEYS = Set.of("inFlight", "perDestination");
  private static final Set<String> DESTINATION_KEYS = Set.of("inFlight", "perSecond");

  private static final int MOST_IN_FLIGHT = 10_000;

  /** A partition holds no more tasks in memory, and a destination's lie in one. */
  private static final int MOST_OF_ONE = 500;

  /** Once in a hundred seconds. */
  private static final double LEAST_PER_SECOND = 0.01;

  private static final double MOST_PER_SECOND = 100_000;

  private SenderSection() {}

  static SenderLimits read(ConfigSection section) {
    SenderLimits usual = SenderLimits.defaults();
    return usual.with(
        section.number("inFlight", usual.inFlight(), 1, MOST_IN_FLIGHT),
        perDestination(section.sectionOrEmpty("perDestination", DESTINATION_KEYS), usual.lane()));
  }

  private static LaneLimits perDestination(ConfigSection section, LaneLimits usual) {
    return usual.with(
        section.number("inFlight", usual.inFlight(), 1, MOST_OF_ONE),
        section.decimal("perSecond", usual.perSecond(), LEAST_PER_SECOND, MOST_PER_SECOND));
  }
}
