package io.waybill.fanout;

import io.waybill.domain.RawBytes;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.TraceParent;
import java.time.Instant;
import java.util.Optional;

/**
 * One request record on its way through fan-out, in this partition or after a hop.
 *
 * @param origin the record of a request topic, however often it was passed on
 * @param key of that record
 * @param value of that record, as it was published
 * @param createdAt that record's timestamp, clamped
 * @param sentFor the claim for which it was passed on to this partition; empty at the origin
 * @param graceEnd until when it may wait for destinations; empty until it has to wait
 * @param trace where its publisher says that it hangs in a trace
 */
record Arrival(
    RecordOrigin origin,
    Optional<RawBytes> key,
    RawBytes value,
    Instant createdAt,
    Optional<ClaimKind> sentFor,
    Optional<Instant> graceEnd,
    Optional<TraceParent> trace) {

  /** Whether nothing has been decided about it yet. */
  boolean isNew() {
    return sentFor.isEmpty() && graceEnd.isEmpty();
  }

  Arrival sentFor(ClaimKind claim) {
    return new Arrival(origin, key, value, createdAt, Optional.of(claim), graceEnd, trace);
  }

  Arrival withGraceEnd(Instant end) {
    return new Arrival(origin, key, value, createdAt, sentFor, Optional.of(end), trace);
  }

  /** Bytes that it takes in a record. */
  int size() {
    return value.bytes().length + key.map(k -> k.bytes().length).orElse(0);
  }
}
