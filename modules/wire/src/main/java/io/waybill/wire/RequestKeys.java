package io.waybill.wire;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.OrganizationId;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * Record keys of the requests topic. A publisher that uses them with Kafka's default partitioner
 * puts a request where fan-out deduplicates it, which saves a hop; any other key works too.
 */
public final class RequestKeys {
  private RequestKeys() {}

  /** The key under which an idempotency key or a delivery id of one organization is remembered. */
  public static String of(OrganizationId organization, String idempotencyKeyOrDeliveryId) {
    // An organization id cannot contain a slash, so two pairs never give one key.
    return organization.value() + "/" + idempotencyKeyOrDeliveryId;
  }

  /** The bytes of the key of a delivery id, which nearly all requests have. */
  public static byte[] bytesOf(OrganizationId organization, DeliveryId id) {
    String before = organization.value();
    int length = before.length();
    byte[] key = new byte[length + 1 + Scratch.UUID_LENGTH];
    for (int i = 0; i < length; i++) {
      // ASCII, by the form of organization ids.
      key[i] = (byte) before.charAt(i);
    }
    key[length] = '/';
    Scratch.uuid(id.value(), key, length + 1);
    return key;
  }

  /** The partition where that key belongs, as Kafka's default partitioner has it (murmur2). */
  public static int partitionOf(String key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
  }
}
