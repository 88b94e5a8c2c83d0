package io.waybill.domain;

import java.util.Optional;

/**
 * A configured endpoint of one organization. Chosen by whoever creates the destination (the SDK and
 * the CLI take a random UUID), because credentials are sealed to it before anything is published.
 *
 * @param value 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}, the first a letter or digit
 */
public record DestinationId(String value) implements Comparable<DestinationId> {
  public DestinationId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "a destination id must be 1 to 64 characters of A-Z a-z 0-9 . _ - and start with a letter"
              + " or digit");
    }
  }

  /** Tells whether {@code value} can be a destination id. */
  public static boolean isValid(String value) {
    return IdForms.isName(value, 64);
  }

  /** Reads an id, or nothing when its form is wrong. */
  public static Optional<DestinationId> parse(String value) {
    return isValid(value) ? Optional.of(new DestinationId(value)) : Optional.empty();
  }

  @Override
  public int compareTo(DestinationId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
