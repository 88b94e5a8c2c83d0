package io.waybill.channel.email;

import io.waybill.domain.OrganizationId;
import java.util.Map;
import java.util.TreeMap;

/** The opened credentials of one attempt. A class, because a record would print them. */
final class Keyring {
  static final Keyring NONE = new Keyring(Map.of());

  private static final int SHORTEST_ECHO = 4;

  private final Map<String, String> values;

  Keyring(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /** A credential that the destination's configuration names, and that was therefore opened. */
  String need(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("a credential that was checked is missing");
    }
    return value;
  }

  /** By what its log-ins are told apart from those of others. */
  LogIns.Account account(LogIns all, OrganizationId organization, Place place) {
    // The order of names, so that it is the same one each time. No value holds a NUL.
    String together = String.join("\0", new TreeMap<>(values).values());
    return all.account(organization, place.host(), place.port(), "", together);
  }

  /** Whether the text repeats a credential, or a piece of one. */
  boolean isEchoedBy(String text) {
    return values.values().stream().anyMatch(secret -> overlaps(text, secret));
  }

  private static boolean overlaps(String text, String secret) {
    // Shorter ones would be found everywhere, and a piece of a credential is worth hiding too.
    return (secret.length() >= SHORTEST_ECHO && text.contains(secret)) || secret.contains(text);
  }
}
