package io.waybill.channel.email;

import java.util.Map;

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

  /** Whether the text repeats a credential, or a piece of one. */
  boolean isEchoedBy(String text) {
    return values.values().stream().anyMatch(secret -> overlaps(text, secret));
  }

  private static boolean overlaps(String text, String secret) {
    // Shorter ones would be found everywhere, and a piece of a credential is worth hiding too.
    return (secret.length() >= SHORTEST_ECHO && text.contains(secret)) || secret.contains(text);
  }
}
