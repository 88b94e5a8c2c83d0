package io.waybill.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.domain.DeliveryId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a record stands in the partition that owns its delivery. Without it, a record under a
 * wrong key would make a second state of the same delivery in another partition.
 */
final class Keys {
  /** What is wrong with a record of which {@link #isOf} is false. */
  static final String MESSAGE =
      "the record's key must be the delivery id in its value, in lower case; write it under that"
          + " key, for the key decides which partition the record goes to";

  private Keys() {}

  static boolean isOf(byte @Nullable [] key, DeliveryId deliveryId) {
    return key != null && Arrays.equals(key, deliveryId.toString().getBytes(UTF_8));
  }
}
