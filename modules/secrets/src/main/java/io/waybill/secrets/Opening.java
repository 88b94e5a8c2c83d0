package io.waybill.secrets;

import java.util.Map;

/** What opening the credentials of a destination came to. Messages hold no secret. */
public sealed interface Opening {

  /**
   * All fields are open.
   *
   * @param secrets by field name
   */
  record Opened(Map<String, Secret> secrets) implements Opening, AutoCloseable {
    public Opened {
      secrets = Map.copyOf(secrets);
    }

    /** Destroys every secret. */
    @Override
    public void close() {
      secrets.values().forEach(Secret::destroy);
    }
  }

  /**
   * A field was sealed with a key that this process does not have, or that is disabled, or in a
   * form of a newer version: try again later, the key may be on its way. (A forged key id looks the
   * same; the task's age limit ends it.)
   */
  record KeyUnavailable(String message) implements Opening {}

  /**
   * A field was altered, or sealed for another organization, destination, field or place: no later
   * try can open it.
   */
  record Broken(String message) implements Opening {}
}
