package io.waybill.status;

import io.waybill.domain.DestinationType;

/** The names of nodes and stores. Changelog topics are named after the stores. */
final class StatusNodes {
  static final String EVENTS_SOURCE = "events-source";
  static final String COMMANDS_SOURCE = "commands-source";
  static final String ATTEMPTS_SOURCE = "attempts-source";

  static final String EVENTS = "reduce-events";
  static final String COMMANDS = "decide-commands";
  static final String ATTEMPTS = "weigh-attempts";

  /** deliveryId to its status. */
  static final String DELIVERIES_STORE = "deliveries";

  /** (time, deliveryId) to the state that is to be purged then, see {@link ExpiryKey}. */
  static final String EXPIRIES_STORE = "delivery-expiries";

  /** deliveryId of every delivery with a word on the control topic, to when it is needed. */
  static final String CANCELLED_STORE = "cancelled-deliveries";

  /**
   * (time, origin) to a wish for a fallback that is looked at again then, see {@link WaitingKey}.
   */
  static final String FALLBACKS_STORE = "waiting-fallbacks";

  /** destinationId to its health. */
  static final String HEALTH_STORE = "destination-health";

  static final String STATUS_SINK = "status-sink";
  static final String STATUS_JSON_SINK = "status-json-sink";
  static final String CONTROL_SINK = "control-sink";
  static final String AUDIT_SINK = "audit-sink";
  static final String DEAD_LETTERS_SINK = "dead-letters-sink";
  static final String ATTEMPTS_SINK = "attempts-sink";
  static final String HEALTH_SINK = "health-sink";

  /** Its own, for a shared sink would join health to the deliveries' sub-topology. */
  static final String HEALTH_DEAD_LETTERS_SINK = "health-dead-letters-sink";

  private StatusNodes() {}

  static String tasksSink(DestinationType type, boolean express) {
    return (express ? "express-sink-" : "tasks-sink-") + type.word();
  }
}
