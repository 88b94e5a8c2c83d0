package io.waybill.wire;

import io.waybill.domain.DestinationType;

/** The names of all topics: public API, declared here and nowhere else. */
public final class Topics {
  private static final String EXPRESS = ".express";

  private Topics() {}

  /** Requests, Avro or JSON. Key: free; {@link RequestKeys} saves a hop. */
  public static final String REQUESTS = "waybill.requests";

  /** Fan-out's own: requests on their way to the partition where their dedupe key belongs. */
  public static final String FAN_OUT_REKEYED = "waybill.fan-out.rekeyed";

  /** Every attempt and transition. Key: deliveryId. */
  public static final String EVENTS = "waybill.events";

  /** Cancel, retry, replay, fallback. Key: deliveryId. */
  public static final String COMMANDS = "waybill.commands";

  /** The whole state of every delivery, compacted. Key: deliveryId. */
  public static final String STATUS = "waybill.status";

  /** The same as JSON, compacted. Key: deliveryId. */
  public static final String STATUS_JSON = "waybill.status.json";

  /** Status's own: attempts on their way to the destination's health. Key: destinationId. */
  public static final String STATUS_ATTEMPTS = "waybill.status.attempts";

  /** Status's own: backlogs and changes of destinations, likewise. Key: destinationId. */
  public static final String STATUS_SIGNALS = "waybill.status.signals";

  /** How well each destination takes its tasks, compacted. Key: destinationId. */
  public static final String DESTINATION_HEALTH = "waybill.destination-health";

  /**
   * Cancelled deliveries and what is paused (destinations, organizations, types), compacted. Key:
   * that of {@link io.waybill.domain.Control}.
   */
  public static final String CONTROL = "waybill.control";

  /** Wishes to pause and to resume. Key: as on {@link #CONTROL}. */
  public static final String CONTROL_COMMANDS = "waybill.control-commands";

  /** Tasks and records that will not be tried again by themselves. Key: deliveryId. */
  public static final String DEAD_LETTERS = "waybill.dead-letters";

  /** Wishes about destinations. Key: organizationId. */
  public static final String DESTINATION_COMMANDS = "waybill.destination-commands";

  /** Their answers. Key: commandId. */
  public static final String DESTINATION_RESULTS = "waybill.destination-results";

  /** Destinations without credentials, compacted. Key: destinationId. */
  public static final String DESTINATIONS = "waybill.destinations";

  /** Sealed credentials, compacted. Key: destinationId. */
  public static final String DESTINATION_SECRETS = "waybill.destination-secrets";

  /** Who did what. Key: organizationId. */
  public static final String AUDIT = "waybill.audit";

  /** Things that a person should look at. Key: organizationId. */
  public static final String ALERTS = "waybill.alerts";

  /** The same as JSON. Key: organizationId. */
  public static final String ALERTS_JSON = "waybill.alerts.json";

  /** Tasks of one type. Key: destinationId. */
  public static String tasks(DestinationType type) {
    return "waybill.tasks." + type.word();
  }

  /** Tasks of one type with priority 8 to 10. Key: destinationId. */
  public static String expressTasks(DestinationType type) {
    return tasks(type) + EXPRESS;
  }

  /** Whether a topic is one of {@link #expressTasks}. */
  public static boolean isExpressTasks(String topic) {
    return topic.endsWith(EXPRESS);
  }

  /** The tasks topic that a task of this type and priority travels on. */
  public static String tasks(DestinationType type, boolean express) {
    return express ? expressTasks(type) : tasks(type);
  }

  /** Parked tasks of one type. Key: destinationId. */
  public static String retry(DestinationType type) {
    return "waybill.retry." + type.word();
  }
}
