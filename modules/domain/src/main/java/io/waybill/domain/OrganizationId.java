package io.waybill.domain;

import java.util.Optional;

/**
 * The tenant that a request, a destination and a delivery belong to. Case matters.
 *
 * @param value 1 to 128 characters of {@code A-Z a-z 0-9 . _ -}, the first a letter or digit, so
 *     that it can stand in object keys and file names without escaping
 */
public record OrganizationId(String value) implements Comparable<OrganizationId> {
  /** What {@link #isValid} asks for, in words for error messages. */
  public static final String FORM_IN_WORDS =
      "1 to 128 characters of A-Z a-z 0-9 . _ - and starts with a letter or digit";

  /**
   * Stands where a rejected record named no valid organization. {@link #parse} does not give it, so
   * no request can claim it.
   */
  public static final OrganizationId UNKNOWN = new OrganizationId("-");

  public OrganizationId {
    if (!isValid(value) && !value.equals("-")) {
      throw new IllegalArgumentException("organizationId must be " + FORM_IN_WORDS);
    }
  }

  /** Tells whether {@code value} can be an organization id. */
  public static boolean isValid(String value) {
    return IdForms.isName(value, 128) && !value.contains("..");
  }

  /** Reads an id, or nothing when its form is wrong. */
  public static Optional<OrganizationId> parse(String value) {
    return isValid(value) ? Optional.of(new OrganizationId(value)) : Optional.empty();
  }

  @Override
  public int compareTo(OrganizationId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
