package io.waybill.status;

import io.waybill.domain.DestinationType;

/** The names of nodes and stores. Changelog topics are named after the stores. */
final class StatusNodes {
  static final String EVENTS_SOURCE = "events-source";
  static final String COMMANDS_SOURCE = "commands-source";
  static final String ATTEMPTS_SOURCE = "attempts-source";
  static final String SIGNALS_SOURCE = "signals-source";
  static final String DESTINATIONS_SOURCE = "destinations-source";

  /**
   * Sorts behind the first source of each older sub-topology: they are numbered in that order, and
   * so keep their numbers.
   */
  static final String PAUSES_SOURCE = "pauses-source";

  static final String EVENTS = "reduce-events";
  static final String COMMANDS = "decide-commands";
  static final String ATTEMPTS = "weigh-attempts";
  static final String DESTINATIONS = "watch-destinations";
  static final String PAUSES = "decide-pauses";

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

  /** destinationId to what was told of it, see {@link AlertState}. */
  static final String ALERTS_STORE = "alert-states";

  /** destinationId to how many tasks of the partition's deliveries have not ended. */
  static final String OPEN_TASKS_STORE = "open-tasks";

  /** Key on the control topic of everything that is paused, to what stands there. */
  static final String PAUSES_STORE = "pauses";

  static final String STATUS_SINK = "status-sink";
  static final String STATUS_JSON_SINK = "status-json-sink";
  static final String CONTROL_SINK = "control-sink";
  static final String AUDIT_SINK = "audit-sink";
  static final String DEAD_LETTERS_SINK = "dead-letters-sink";
  static final String ATTEMPTS_SINK = "attempts-sink";
  static final String HEALTH_SINK = "health-sink";
  static final String ALERTS_SINK = "alerts-sink";
  static final String ALERTS_JSON_SINK = "alerts-json-sink";
  static final String REQUESTS_SINK = "requests-sink";
  static final String DESTINATION_COMMANDS_SINK = "destination-commands-sink";

  /** Two to one topic, for a shared sink would join their sub-topologies. */
  static final String BACKLOG_SINK = "backlog-sink";

  static final String CONFIGURED_SINK = "configured-sink";

  /** Those of pauses, their own for the same reason. */
  static final String PAUSES_SINK = "pauses-sink";

  static final String PAUSES_AUDIT_SINK = "pauses-audit-sink";
  static final String PAUSES_DEAD_LETTERS_SINK = "pauses-dead-letters-sink";

  /** The watch's: a deleted destination is paused no longer. */
  static final String RESUMES_SINK = "resumes-sink";

  /** Its own, for a shared sink would join health to the deliveries' sub-topology. */
  static final String HEALTH_DEAD_LETTERS_SINK = "health-dead-letters-sink";

  private StatusNodes() {}

  static String tasksSink(DestinationType type, boolean express) {
    return (express ? "express-sink-" : "tasks-sink-") + type.word();
  }
}
