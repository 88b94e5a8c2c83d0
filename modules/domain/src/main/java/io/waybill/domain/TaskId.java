package io.waybill.domain;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * One (delivery, destination) pair: the same on every attempt and replay, and what a receiver sees
 * as {@code webhook-id}. A hash, so that anyone who knows the three names can compute it and nobody
 * needs a table; the organization is part of it so that a forged delivery id cannot meet another
 * organization's task.
 *
 * @param value 32 lower-case hexadecimal digits, the first half of a SHA-256
 */
public record TaskId(String value) implements Comparable<TaskId> {
  public TaskId {
    if (!IdForms.isLowerHex(value, 32)) {
      throw new IllegalArgumentException("taskId must be 32 lower-case hexadecimal digits");
    }
  }

  /** The id of the task that carries {@code delivery} to {@code destination}. */
  public static TaskId of(
      OrganizationId organization, DeliveryId delivery, DestinationId destination) {
    String name = organization + "\u0000" + delivery + "\u0000" + destination;
    byte[] hash = Hashing.sha256(name.getBytes(StandardCharsets.UTF_8));
    return new TaskId(HexFormat.of().formatHex(Arrays.copyOf(hash, 16)));
  }

  @Override
  public int compareTo(TaskId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
