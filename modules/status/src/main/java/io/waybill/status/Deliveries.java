package io.waybill.status;

import io.waybill.domain.Control;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.wire.Codecs;
import io.waybill.wire.StatusJson;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import io.waybill.wire.UntilAvailable;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The deliveries of one partition: what is stored is published, and the other way round. Both
 * processors of a stream task have one over the same stores; the one thread of the task uses them.
 */
final class Deliveries {
  private final Codecs codecs;
  private final StatusConfig config;
  private final Output output;
  private final KeyValueStore<String, byte[]> deliveries;
  private final KeyValueStore<Bytes, byte[]> expiries;
  private final KeyValueStore<String, byte[]> cancelled;
  private final OpenTasks openTasks;

  /** Who was looked up last, mostly to be saved next, and what was found. */
  private Optional<DeliveryId> lookedUp = Optional.empty();

  private Optional<DeliveryStatus> found = Optional.empty();

  /** Nothing is waiting before this key: later looks need not walk over RocksDB's tombstones. */
  private Bytes cursor = ExpiryKey.startOf(0);

  Deliveries(
      ProcessorContext<byte[], byte[]> context, Codecs codecs, StatusConfig config, Output output) {
    this.codecs = codecs;
    this.config = config;
    this.output = output;
    deliveries = context.getStateStore(StatusNodes.DELIVERIES_STORE);
    expiries = context.getStateStore(StatusNodes.EXPIRIES_STORE);
    cancelled = context.getStateStore(StatusNodes.CANCELLED_STORE);
    openTasks = new OpenTasks(context, codecs, output);
  }

  OpenTasks openTasks() {
    return openTasks;
  }

  Optional<DeliveryStatus> find(DeliveryId deliveryId) {
    found = read(deliveryId);
    lookedUp = Optional.of(deliveryId);
    return found;
  }

  private Optional<DeliveryStatus> read(DeliveryId deliveryId) {
    byte[] value = deliveries.get(deliveryId.toString());
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(UntilAvailable.call(() -> codecs.statuses().decode(value)));
    } catch (UndecodableException e) {
      // To go on would mean to forget deliveries: an operator must look at the registry first.
      throw new IllegalStateException(
          "the stored status of delivery "
              + deliveryId
              + " cannot be read ("
              + e.getMessage()
              + "); it was written by this service, so check that the schema registry has kept its"
              + " schemas and that no older version of the service is running",
          e);
    }
  }

  /**
   * Stores and publishes how a delivery stands now.
   *
   * @param before how it stood, if it was known
   */
  void save(Optional<DeliveryStatus> before, DeliveryStatus status) {
    if (before.filter(known -> known.state() == status.state()).isEmpty()) {
      output.metrics().became(status.state());
    }
    String key = status.deliveryId().toString();
    boolean isKnown = lookedUp.filter(status.deliveryId()::equals).isPresent();
    openTasks.changed(isKnown ? found : read(status.deliveryId()), status);
    lookedUp = Optional.of(status.deliveryId());
    found = Optional.of(status);
    byte[] value = Output.encode(Topics.STATUS, codecs.statuses(), status);
    deliveries.put(key, value);
    output.sendBytes(StatusNodes.STATUS_SINK, key, value);
    if (config.jsonView()) {
      output.sendBytes(StatusNodes.STATUS_JSON_SINK, key, StatusJson.encode(status));
    }
    if (Overall.isTerminal(status.state())) {
      Instant at = output.now().plus(config.retention());
      expiries.put(ExpiryKey.of(at, status.deliveryId()), ExpiryKey.valueOf(status.updatedAt()));
    }
  }

  /** Tells senders and timer of a cancel. */
  void publish(Decision.Cancellation cancellation) {
    Control.DeliveryCancelled control = cancellation.control();
    Instant needed = cancellation.lastDueAt().plus(config.retention());
    cancelled.put(
        control.deliveryId().toString(),
        ByteBuffer.allocate(Long.BYTES).putLong(needed.toEpochMilli()).array());
    output.send(
        StatusNodes.CONTROL_SINK, Topics.CONTROL, codecs.controls(), control.key(), control);
  }

  /** Removes what is past retention, within the bounds of one look. */
  void purge() {
    // Inclusive, but no whole key is this short.
    Bytes end = ExpiryKey.startOf(output.now().toEpochMilli() + 1);
    if (cursor.compareTo(end) > 0) {
      // The clock was set back; what it had passed is gone already.
      return;
    }
    int handled = 0;
    try (KeyValueIterator<Bytes, byte[]> due = expiries.range(cursor, end)) {
      while (due.hasNext()) {
        KeyValue<Bytes, byte[]> entry = due.next();
        expiries.delete(entry.key);
        purge(ExpiryKey.deliveryIdOf(entry.key), entry.value);
        cursor = entry.key;
        handled++;
        if (handled >= config.maxPurgedPerTick()) {
          return;
        }
      }
    }
    cursor = end;
  }

  private void purge(DeliveryId deliveryId, byte[] expiry) {
    // A delivery that has changed since has an entry of its own for that, or is under way again.
    boolean isOver =
        find(deliveryId)
            .filter(status -> Overall.isTerminal(status.state()))
            .filter(status -> ExpiryKey.speaksOf(expiry, status.updatedAt()))
            .isPresent();
    if (!isOver) {
      return;
    }
    String key = deliveryId.toString();
    byte[] needed = cancelled.get(key);
    if (needed != null) {
      Instant until = Instant.ofEpochMilli(ByteBuffer.wrap(needed).getLong());
      if (until.isAfter(output.now())) {
        // A task that is to go out in three months may be cancelled today: if the cancel were
        // forgotten after one month, the timer would let the task go.
        expiries.put(ExpiryKey.of(until, deliveryId), expiry);
        return;
      }
      // Most were never cancelled; every process reads the control topic whole, so spare it.
      cancelled.delete(key);
      output.sendBytes(StatusNodes.CONTROL_SINK, Control.DeliveryCancelled.keyOf(deliveryId), null);
    }
    deliveries.delete(key);
    output.sendBytes(StatusNodes.STATUS_SINK, key, null);
    if (config.jsonView()) {
      output.sendBytes(StatusNodes.STATUS_JSON_SINK, key, null);
    }
  }
}
