package io.waybill.status;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.TraceParent;
import io.waybill.domain.Traces;
import io.waybill.wire.Codecs;
import io.waybill.wire.TraceHeaders;
import io.waybill.wire.UndecodableException;
import io.waybill.wire.UntilAvailable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Reduces events to statuses, hands attempts on to health, and purges what is past retention. */
final class EventProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private static final String ACTOR = "waybill.status";

  private final Codecs codecs;
  private final InstantSource clock;
  private final StatusConfig config;
  private final StatusMetrics metrics;
  private final Traces traces;
  private @Nullable Output output;
  private @Nullable Deliveries deliveries;

  EventProcessor(
      Codecs codecs,
      InstantSource clock,
      StatusConfig config,
      StatusMetrics metrics,
      Traces traces) {
    this.traces = traces;
    this.metrics = metrics;
    this.codecs = codecs;
    this.clock = clock;
    this.config = config;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    Output out = new Output(context, codecs, clock, metrics);
    Deliveries made = new Deliveries(context, codecs, config, out);
    output = out;
    deliveries = made;
    context.schedule(config.purgeTick(), PunctuationType.WALL_CLOCK_TIME, time -> made.purge());
    made.openTasks().tellAll();
    context.schedule(
        config.backlogTick(), PunctuationType.WALL_CLOCK_TIME, _ -> made.openTasks().tell());
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    Output out = Objects.requireNonNull(output);
    Deliveries state = Objects.requireNonNull(deliveries);
    byte @Nullable [] value = record.value();
    if (value == null) {
      bury(out, record, Optional.empty(), Reason.MALFORMED, "an event must have a value");
      return;
    }
    DeliveryEvent event;
    try {
      event = UntilAvailable.call(() -> codecs.events().decode(value));
    } catch (UndecodableException e) {
      bury(out, record, Optional.empty(), e.reason(), e.getMessage());
      return;
    }
    if (!Keys.isOf(record.key(), event.deliveryId())) {
      bury(out, record, Optional.of(event), Reason.MALFORMED, Keys.MESSAGE);
      return;
    }
    Instant begun = out.now();
    Optional<TraceParent> trace = TraceHeaders.read(record.headers());
    Optional<DeliveryStatus> before = state.find(event.deliveryId());
    switch (DeliveryReducer.reduce(event, before)) {
      case Reduction.Changed changed -> {
        DeliveryStatus status =
            event instanceof DeliveryEvent.Accepted
                ? changed.status().withTrace(trace)
                : changed.status();
        state.save(before, status);
        traced(event, trace, begun, out.now());
        weigh(out, event, value);
      }
      // An attempt that no longer matters to its delivery was made all the same.
      case Reduction.Unchanged _ -> weigh(out, event, value);
      case Reduction.ForeignOrganization foreign -> {
        out.audit(foreignEvent(event, foreign.owner(), out));
        bury(
            out,
            record,
            Optional.of(event),
            Reason.DELIVERY_NOT_FOUND,
            "this organization has no such delivery; somebody wrote an event that claims another"
                + " organization's delivery, see the audit topic");
      }
      case Reduction.UnknownDelivery _ ->
          bury(
              out,
              record,
              Optional.of(event),
              Reason.DELIVERY_NOT_FOUND,
              "no acceptance of this delivery has been seen; it never existed, or its status is"
                  + " past retention");
      case Reduction.UnknownTask _ ->
          bury(
              out,
              record,
              Optional.of(event),
              Reason.DELIVERY_NOT_FOUND,
              "this delivery has no such task");
    }
  }

  private void traced(
      DeliveryEvent event, Optional<TraceParent> trace, Instant begun, Instant now) {
    var _ =
        traces.add(
            trace,
            event.deliveryId(),
            () ->
                new Traces.Step(
                    "status",
                    Traces.Kind.CONSUMER,
                    begun,
                    now.isBefore(begun) ? begun : now,
                    Map.of(),
                    Optional.empty()));
  }

  private static void weigh(Output out, DeliveryEvent event, byte[] value) {
    if (event instanceof DeliveryEvent.TaskEvent task && HealthReducer.isAttempt(task)) {
      out.sendBytes(StatusNodes.ATTEMPTS_SINK, task.destinationId().value(), value);
    }
  }

  private static AuditRecord foreignEvent(DeliveryEvent event, OrganizationId owner, Output out) {
    return new AuditRecord(
        owner,
        ACTOR,
        "foreign-delivery-event",
        event.deliveryId().toString(),
        out.now(),
        Optional.empty(),
        Map.of(
            "claimedOrganization", event.organizationId().value(),
            "origin", out.origin().toString()));
  }

  private static void bury(
      Output out,
      Record<byte[], byte[]> record,
      Optional<DeliveryEvent> event,
      Reason reason,
      @Nullable String message) {
    out.bury(
        StatusNodes.DEAD_LETTERS_SINK,
        record,
        event.map(DeliveryEvent::organizationId),
        event.map(DeliveryEvent::deliveryId),
        reason,
        message);
  }
}
