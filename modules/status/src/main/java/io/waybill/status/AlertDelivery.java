package io.waybill.status;

import io.waybill.domain.Alert;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.Hashing;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.wire.AlertJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** An alert as a delivery request to one of its carriers. */
final class AlertDelivery {
  /** The payload's type word: public API. */
  static final String TYPE = "waybill.alert";

  /** What the id of each such delivery begins with, so that its attempts can be told apart. */
  private static final long MARK = 0x77616c74L;

  private AlertDelivery() {}

  static DeliveryRequest request(Alert alert, AlertCarrier carrier) {
    return new DeliveryRequest(
        Optional.of(idOf(alert, carrier)),
        carrier.organization(),
        new DestinationSelection.Named(List.of(carrier.destination())),
        new Payload(TYPE, new RawJson(AlertJson.encode(alert)), RawJson.EMPTY_OBJECT),
        new DeliveryOptions(
            DeliveryOptions.DEFAULT_PRIORITY,
            Optional.empty(),
            Optional.of(alert.alertId().toString()),
            List.of(),
            Optional.empty(),
            Optional.empty()));
  }

  /** The same alert to the same carrier is the same delivery. A UUID of version 8 (RFC 9562). */
  static DeliveryId idOf(Alert alert, AlertCarrier carrier) {
    String name = TYPE + " " + alert.alertId() + " " + carrier.destination();
    ByteBuffer bytes = ByteBuffer.wrap(Hashing.sha256(name.getBytes(StandardCharsets.UTF_8)));
    long high = (MARK << 32) | (bytes.getInt() & 0xffff0fffL) | 0x8000;
    long low = (bytes.getLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
    return new DeliveryId(new UUID(high, low));
  }

  /** Whether a delivery carries an alert. */
  static boolean isOne(DeliveryId delivery) {
    UUID id = delivery.value();
    return id.version() == 8 && id.getMostSignificantBits() >>> 32 == MARK;
  }
}
