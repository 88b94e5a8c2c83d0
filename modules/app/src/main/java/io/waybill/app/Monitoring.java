package io.waybill.app;

import io.waybill.status.AlertRules;
import io.waybill.status.AutoDisable;

/**
 * What the operator says about watching destinations.
 *
 * @param autoDisable when a destination that keeps failing is disabled
 * @param alerts when alerts are raised, how often, and where they are delivered
 */
public record Monitoring(AutoDisable autoDisable, AlertRules alerts) {
  /** What holds when nothing is said. */
  public static Monitoring defaults() {
    return new Monitoring(AutoDisable.defaults(), AlertRules.defaults());
  }
}
