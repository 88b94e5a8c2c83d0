package io.waybill.client;

import io.waybill.domain.DeliveryStatus;
import io.waybill.wire.UndecodableException;

/** Reads the values of the status topic that the client follows. */
@FunctionalInterface
interface StatusDecoder {
  /** As {@link io.waybill.wire.Codec#decode}. */
  DeliveryStatus decode(byte[] value) throws UndecodableException;
}
