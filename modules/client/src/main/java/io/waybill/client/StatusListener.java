package io.waybill.client;

import io.waybill.domain.DeliveryStatus;

/**
 * Takes changes, one at a time and those of one delivery in their order, on the client's reading
 * thread. While it works nothing else is read: hand over what takes longer. It must not wait for
 * the client's own answers ({@link WaybillClient#status} and the like refuse that); {@link
 * WaybillClient#deliver} may be called. What it throws is logged, and the next change comes all the
 * same.
 */
@FunctionalInterface
public interface StatusListener {
  /** The whole state of a delivery, after it has changed. */
  void changed(DeliveryStatus status);
}
