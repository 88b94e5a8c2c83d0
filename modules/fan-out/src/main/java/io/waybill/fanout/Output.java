package io.waybill.fanout;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.Rejected;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.RawBytes;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TraceParent;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.Topics;
import io.waybill.wire.TraceHeaders;
import io.waybill.wire.UntilAvailable;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Encodes what fan-out says and hands it to the sinks. Used by one stream thread. */
final class Output {
  static final String TASKS = "tasks";
  static final String PARKED_TASKS = "parked-tasks";
  static final String EVENTS = "events";
  static final String DEAD_LETTERS = "dead-letters";
  static final String AUDIT = "audit";
  static final String REKEYED = "rekeyed";

  private final Codecs codecs;
  private final ProcessorContext<Address, byte[]> context;
  private final FanOutMetrics metrics;

  Output(Codecs codecs, ProcessorContext<Address, byte[]> context, FanOutMetrics metrics) {
    this.codecs = codecs;
    this.context = context;
    this.metrics = metrics;
  }

  void event(DeliveryEvent event, Optional<TraceParent> trace) {
    encode(
        EVENTS,
        Address.of(Topics.EVENTS, event.deliveryId().toString()),
        codecs.events(),
        event,
        event.occurredAt(),
        trace);
    metrics.decided(event);
  }

  void tasks(TaskMaker.Made made, Instant now) {
    for (Task task : made.tasks()) {
      String key = task.destinationId().value();
      if (made.dueAt().isPresent()) {
        encode(
            PARKED_TASKS,
            Address.of(Topics.retry(task.destinationType()), key),
            codecs.parkedTasks(),
            new ParkedTask(task, made.dueAt().get(), Reason.DELIVER_AT),
            now,
            task.trace());
      } else {
        encode(
            TASKS,
            Address.of(Topics.tasks(task.destinationType(), task.isExpress()), key),
            codecs.tasks(),
            task,
            now,
            task.trace());
      }
    }
  }

  /** A rejected event, and the record as a dead letter. */
  void refuse(
      Refused refused,
      RecordOrigin origin,
      Optional<RawBytes> key,
      Optional<RawBytes> value,
      Instant now,
      Optional<TraceParent> trace) {
    event(
        new Rejected(
            refused.deliveryId(),
            refused.organizationId().orElse(OrganizationId.UNKNOWN),
            now,
            refused.summary(),
            refused.reason(),
            refused.errors()),
        trace);
    deadLetter(
        DeadLetters.ofRecord(
            origin,
            key.map(RawBytes::bytes).orElse(null),
            value.map(RawBytes::bytes).orElse(null),
            refused.organizationId(),
            Optional.of(refused.deliveryId()),
            refused.reason(),
            refused.message(),
            refused.errors(),
            now),
        trace);
  }

  /** A record of fan-out's own topic that fan-out did not write. */
  void forged(
      RecordOrigin place,
      Optional<RawBytes> key,
      Optional<RawBytes> value,
      String message,
      Instant now) {
    deadLetter(
        DeadLetters.ofUnreadable(
            place,
            key.map(RawBytes::bytes).orElse(null),
            value.map(RawBytes::bytes).orElse(null),
            Reason.MALFORMED,
            "is not what fan-out writes to its own topic: " + message,
            now),
        Optional.empty());
  }

  void audit(AuditRecord audit) {
    encode(
        AUDIT,
        Address.of(Topics.AUDIT, audit.organizationId().value()),
        codecs.audits(),
        audit,
        audit.occurredAt(),
        Optional.empty());
  }

  /** Passes a request on, as it was published, to the partition where that claim belongs. */
  void passOn(Arrival arrival, int partition, Instant now) {
    forward(
        REKEYED,
        new Address(Topics.FAN_OUT_REKEYED, arrival.key(), OptionalInt.of(partition)),
        arrival.value().bytes(),
        now,
        RekeyHeaders.write(arrival));
  }

  private void deadLetter(DeadLetter letter, Optional<TraceParent> trace) {
    encode(
        DEAD_LETTERS,
        Address.of(Topics.DEAD_LETTERS, DeadLetters.keyOf(letter)),
        codecs.deadLetters(),
        letter,
        letter.diedAt(),
        trace);
    metrics.deadLettered(letter.reason());
  }

  private <T> void encode(
      String sink,
      Address address,
      Codec<T> codec,
      T value,
      Instant at,
      Optional<TraceParent> trace) {
    byte[] bytes = UntilAvailable.call(() -> codec.encode(address.topic(), value));
    Headers headers = new RecordHeaders();
    TraceHeaders.write(headers, trace);
    forward(sink, address, bytes, at, headers);
  }

  private void forward(String sink, Address address, byte[] value, Instant at, Headers headers) {
    context.forward(new Record<>(address, value, at.toEpochMilli(), headers), sink);
  }
}
