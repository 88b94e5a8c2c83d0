package io.waybill.channel;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationSecrets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Opens sealed credentials for a channel, at the moment of the attempt. Safe to call from any
 * thread, and quick: keys that must be fetched are fetched beforehand.
 */
@FunctionalInterface
public interface CredentialSource {

  /**
   * Opens all fields, or says why not; expected failures are never thrown.
   *
   * @param config whose connection they are for: what was sealed for another place is broken
   */
  Credentials open(DestinationSecrets secrets, DestinationConfig config);

  /** What became of the seals. */
  sealed interface Credentials {}

  /** All seals opened. Closing overwrites the values; whoever opened them closes. */
  final class Opened implements Credentials, AutoCloseable {
    private final Map<String, char[]> values;

    /**
     * Takes the arrays over.
     *
     * @param values by the name of their field: {@code webhook.headers.authorization}
     */
    public Opened(Map<String, char[]> values) {
      this.values = new LinkedHashMap<>(values);
    }

    /** The value of one field. A copy, which nobody can overwrite: let go of it soon. */
    public Optional<String> value(String name) {
      return Optional.ofNullable(values.get(name)).map(String::new);
    }

    @Override
    public void close() {
      values.values().forEach(value -> Arrays.fill(value, '\0'));
      values.clear();
    }

    /** The names only. */
    @Override
    public String toString() {
      return "Opened" + values.keySet();
    }
  }

  /**
   * The key cannot be had now; a later try may get it.
   *
   * @param message why, in words without a secret
   */
  record KeyUnavailable(String message) implements Credentials {}

  /**
   * A seal does not open with any key: it was made for another destination or place, or was
   * changed.
   *
   * @param message why, in words without a secret
   */
  record Broken(String message) implements Credentials {}
}
