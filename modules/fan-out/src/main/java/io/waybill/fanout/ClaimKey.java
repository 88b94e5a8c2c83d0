package io.waybill.fanout;

import io.waybill.domain.DeliveryRequest;
import io.waybill.wire.RequestKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One thing that a request claims for itself: (organization, delivery id) or (organization,
 * idempotency key). Each has one partition where every request that names it is compared.
 *
 * @param name as {@link RequestKeys} writes it
 */
record ClaimKey(ClaimKind kind, String name) {

  /**
   * What a request still has to claim, in order; empty when it names neither.
   *
   * @param from the claim that it was sent to this partition for; earlier ones have been made
   */
  static List<ClaimKey> of(DeliveryRequest request, Optional<ClaimKind> from) {
    List<ClaimKey> keys = new ArrayList<>();
    request
        .deliveryId()
        .filter(id -> from.isEmpty() || from.get() == ClaimKind.DELIVERY_ID)
        .map(id -> RequestKeys.of(request.organizationId(), id.toString()))
        .ifPresent(name -> keys.add(new ClaimKey(ClaimKind.DELIVERY_ID, name)));
    request
        .options()
        .idempotencyKey()
        .map(key -> RequestKeys.of(request.organizationId(), key))
        .ifPresent(name -> keys.add(new ClaimKey(ClaimKind.IDEMPOTENCY_KEY, name)));
    return List.copyOf(keys);
  }

  /** The partition where it belongs. */
  int partition(int partitions) {
    return RequestKeys.partitionOf(name, partitions);
  }

  /** The key in the store: an idempotency key that looks like a delivery id is another claim. */
  String storeKey() {
    return kind.word() + "/" + name;
  }
}
