package io.waybill.app;

import io.waybill.domain.DestinationType;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a process can do. Roles know each other through topics only, so each may run anywhere. */
public enum Role {
  /** Decides destination commands; the only writer of destinations. */
  DESTINATIONS,
  /** Expands requests into tasks. */
  FAN_OUT,
  /** Lets parked tasks wait. */
  TIMER,
  /** Adds events up to the status and decides delivery commands. */
  STATUS,
  /** Sends webhooks. */
  SENDER_WEBHOOK,
  /** Sends mails. */
  SENDER_EMAIL,
  /** Writes objects. */
  SENDER_STORAGE;

  /** The destination types that some role sends. */
  public static final Set<DestinationType> SENT_TYPES =
      Set.copyOf(EnumSet.allOf(DestinationType.class));

  /** The word in configuration and on the command line: {@code fan-out}, {@code sender-webhook}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Reads {@link #word()}.
   *
   * @throws IllegalArgumentException naming the words that there are
   */
  public static Role parse(String word) {
    for (Role role : values()) {
      if (role.word().equals(word)) {
        return role;
      }
    }
    throw new IllegalArgumentException(
        "'"
            + word
            + "' is not a role; there are "
            + Arrays.stream(values()).map(Role::word).collect(Collectors.joining(", ")));
  }

  /** Whether it sends tasks of some type. */
  public boolean isSender() {
    return switch (this) {
      case SENDER_WEBHOOK, SENDER_EMAIL, SENDER_STORAGE -> true;
      case DESTINATIONS, FAN_OUT, TIMER, STATUS -> false;
    };
  }

  /** All of them. */
  public static Set<Role> all() {
    return EnumSet.allOf(Role.class);
  }
}
