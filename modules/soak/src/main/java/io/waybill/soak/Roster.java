package io.waybill.soak;

import io.waybill.app.Role;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Who takes part: processes and links by name. */
final class Roster {
  /** Stands for the broker, or for the one of three that leads. */
  static final String BROKER = "broker";

  static final String REGISTRY = "registry";

  /** Two of three brokers. */
  static final String TWO_BROKERS = "two-brokers";

  static final String FAN_OUT_1 = "fan-out-1";
  static final String FAN_OUT_2 = "fan-out-2";
  static final String TIMER = "timer-1";
  static final String STATUS = "status-1";
  static final String WEBHOOK_1 = "webhook-1";
  static final String WEBHOOK_2 = "webhook-2";
  static final String EMAIL = "email-1";
  static final String STORAGE = "storage-1";

  /** Between the senders and most webhooks. */
  static final String HTTP_LINK = "http-link";

  /** Between the senders and the one webhook that dies. */
  static final String MORTAL_LINK = "mortal-link";

  static final String SMTP_LINK = "smtp-link";
  static final String S3_LINK = "s3-link";

  /** Between {@link #WEBHOOK_2} and the brokers. */
  static final String KAFKA_LINK = "kafka-link";

  /** Each a process, with its roles. */
  static final Map<String, List<Role>> ROLES =
      new TreeMap<>(
          Map.of(
              FAN_OUT_1,
              List.of(Role.FAN_OUT),
              FAN_OUT_2,
              List.of(Role.FAN_OUT),
              TIMER,
              List.of(Role.TIMER),
              STATUS,
              List.of(Role.STATUS, Role.DESTINATIONS),
              WEBHOOK_1,
              List.of(Role.SENDER_WEBHOOK),
              WEBHOOK_2,
              List.of(Role.SENDER_WEBHOOK),
              EMAIL,
              List.of(Role.SENDER_EMAIL),
              STORAGE,
              List.of(Role.SENDER_STORAGE)));

  /** The one webhook that is dead now and then. */
  static final String MORTAL = Destinations.id(Destinations.WEBHOOK, 3);

  private Roster() {}

  /** How the ids of the destinations begin that a process or link concerns; empty for all. */
  static String typeOf(String victim) {
    return switch (victim) {
      case WEBHOOK_1, WEBHOOK_2, HTTP_LINK, MORTAL_LINK, KAFKA_LINK -> Destinations.WEBHOOK;
      case EMAIL, SMTP_LINK -> Destinations.EMAIL;
      case STORAGE, S3_LINK -> Destinations.STORAGE;
      default -> "";
    };
  }

  static boolean isSender(String victim) {
    return switch (victim) {
      case WEBHOOK_1, WEBHOOK_2, EMAIL, STORAGE -> true;
      default -> false;
    };
  }

  static boolean isBroker(String victim) {
    return victim.startsWith(BROKER) || victim.equals(TWO_BROKERS);
  }
}
