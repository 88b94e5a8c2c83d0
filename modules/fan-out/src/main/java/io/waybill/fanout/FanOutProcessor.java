package io.waybill.fanout;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryEvent.Duplicate;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.FieldError;
import io.waybill.domain.RawBytes;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.fanout.Claims.Claim;
import io.waybill.fanout.RequestLimits.Broken;
import io.waybill.wire.Codecs;
import io.waybill.wire.DecodedRequest;
import io.waybill.wire.Topics;
import io.waybill.wire.UntilAvailable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The road of a request through one partition: decode, check the limits, pass on to where its claim
 * belongs, look the claim up, resolve the destinations (waiting for them if need be), claim, emit.
 * All that one record causes is one transaction with its offset.
 */
final class FanOutProcessor implements Processor<byte[], byte[], Address, byte[]> {
  static final String CLAIMS = "claims";
  static final String HELD = "held";

  /** Held requests finished per punctuation: the rest of the partition must go on. */
  private static final int MOST_RELEASED = 200;

  private static final long MOST_BYTES_RELEASED = 16L * 1024 * 1024;

  private final Codecs codecs;
  private final InstantSource clock;
  private final FanOutConfig config;
  private final DestinationTable table;
  private final RequestLimits limits;
  private final TaskMaker maker;
  private @Nullable Running running;

  FanOutProcessor(Codecs codecs, InstantSource clock, FanOutConfig config, DestinationTable table) {
    this.codecs = codecs;
    this.clock = clock;
    this.config = config;
    this.table = table;
    this.limits = new RequestLimits(config.longestDeliverAhead());
    this.maker = new TaskMaker(config.inlineBytes());
  }

  /** What is there from init on. */
  private record Running(
      ProcessorContext<Address, byte[]> context, Output output, Claims claims, Held held) {
    int partition() {
      return context.taskId().partition();
    }
  }

  @Override
  public void init(ProcessorContext<Address, byte[]> context) {
    running =
        new Running(
            context,
            new Output(codecs, context),
            new Claims(context.getStateStore(CLAIMS), config.dedupeWindow()),
            new Held(context.getStateStore(HELD)));
    context.schedule(
        config.heldInterval(), PunctuationType.WALL_CLOCK_TIME, unused -> releaseHeld());
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    Running run = running();
    Instant now = now();
    RecordMetadata place = run.context().recordMetadata().orElseThrow();
    RecordOrigin origin = new RecordOrigin(place.topic(), place.partition(), place.offset());
    Optional<RawBytes> key = Optional.ofNullable(record.key()).map(RawBytes::new);
    Optional<RawBytes> value = Optional.ofNullable(record.value()).map(RawBytes::new);
    if (origin.topic().equals(Topics.FAN_OUT_REKEYED)) {
      takePassedOn(record, origin, key, value, now);
      return;
    }
    Instant createdAt = Instant.ofEpochMilli(record.timestamp());
    if (value.isEmpty()) {
      run.output().refuse(Refused.empty(derivedId(origin), createdAt), origin, key, value, now);
      return;
    }
    take(new Arrival(origin, key, value.get(), createdAt, Optional.empty(), Optional.empty()), now);
  }

  /** A request that another partition passed on, or something that only looks like one. */
  private void takePassedOn(
      Record<byte[], byte[]> record,
      RecordOrigin place,
      Optional<RawBytes> key,
      Optional<RawBytes> value,
      Instant now) {
    Running run = running();
    try {
      if (value.isEmpty()) {
        throw new RekeyHeaders.Forged("it has no value");
      }
      Arrival arrival =
          RekeyHeaders.read(
              record.headers(), key, value.get(), config.partitions(), config.grace(), now);
      if (!(decode(arrival) instanceof DecodedRequest.Valid(var request))) {
        throw new RekeyHeaders.Forged("it holds no valid request");
      }
      List<ClaimKey> claims = ClaimKey.of(request, arrival.sentFor());
      if (claims.isEmpty()
          || !Optional.of(claims.getFirst().kind()).equals(arrival.sentFor())
          || !isHere(claims.getFirst())) {
        throw new RekeyHeaders.Forged("its claim does not belong to this partition");
      }
      decide(arrival, request, now);
    } catch (RekeyHeaders.Forged e) {
      run.output().forged(place, key, value, String.valueOf(e.getMessage()), now);
    }
  }

  private void take(Arrival arrival, Instant now) {
    switch (decode(arrival)) {
      case DecodedRequest.Invalid invalid ->
          refuse(
              arrival,
              Refused.unreadable(invalid, derivedId(arrival.origin()), arrival.createdAt()),
              now);
      case DecodedRequest.Valid(var request) -> {
        Optional<Broken> broken =
            arrival.isNew() ? limits.check(request, arrival.size(), now) : Optional.empty();
        if (broken.isPresent()) {
          refuse(
              arrival,
              refused(
                  arrival,
                  request,
                  deliveryId(arrival, request),
                  broken.get().reason(),
                  broken.get().errors()),
              now);
          return;
        }
        decide(arrival, request, now);
      }
    }
  }

  private void decide(Arrival arrival, DeliveryRequest request, Instant now) {
    Running run = running();
    List<ClaimKey> claims = ClaimKey.of(request, arrival.sentFor());
    List<ClaimKey> here = claims.stream().takeWhile(this::isHere).toList();
    if (here.isEmpty() && !claims.isEmpty()) {
      passOn(arrival, claims.getFirst(), now);
      return;
    }
    DeliveryId deliveryId = deliveryId(arrival, request);
    Optional<ContentHash> content =
        here.isEmpty() ? Optional.empty() : Optional.of(ContentHash.of(request));
    for (ClaimKey key : here) {
      Optional<Claim> earlier = run.claims().find(key, now);
      if (earlier.isPresent()) {
        repeated(
            arrival,
            request,
            key,
            earlier.get(),
            content.equals(Optional.of(earlier.get().content())),
            now);
        return;
      }
    }
    Resolution resolution = table.resolve(request.organizationId(), request.destinations());
    Instant graceEnd = arrival.graceEnd().orElse(now.plus(config.grace()));
    if (resolution.mayAppear() && now.isBefore(graceEnd)) {
      run.held().hold(arrival.withGraceEnd(graceEnd), Held.Wanted.of(request));
      return;
    }
    if (resolution.good().isEmpty()) {
      refuse(
          arrival,
          refused(arrival, request, deliveryId, resolution.reason(), resolution.errors()),
          now);
      auditForeign(arrival, request, deliveryId, resolution, now);
      return;
    }
    for (ClaimKey key : here) {
      run.claims().put(key, new Claim(deliveryId, content.orElseThrow()), now);
    }
    if (here.size() < claims.size()) {
      // The grace is one for the whole road: what it did not bring here will not come there.
      passOn(arrival.withGraceEnd(graceEnd), claims.get(here.size()), now);
      return;
    }
    TaskMaker.Made made =
        maker.make(request, deliveryId, arrival.origin(), arrival.createdAt(), resolution, now);
    run.output().tasks(made, now);
    run.output().event(made.event());
    auditForeign(arrival, request, deliveryId, resolution, now);
  }

  /** Somebody was here before. */
  private void repeated(
      Arrival arrival,
      DeliveryRequest request,
      ClaimKey key,
      Claim earlier,
      boolean sameContent,
      Instant now) {
    DeliveryId own = deliveryId(arrival, request);
    // What is said of the repeated request must not be taken for news of the first delivery.
    DeliveryId id = own.equals(earlier.deliveryId()) ? derivedId(arrival.origin()) : own;
    if (sameContent) {
      running()
          .output()
          .event(
              new Duplicate(
                  id,
                  request.organizationId(),
                  now,
                  TaskMaker.summary(request, arrival.createdAt()),
                  earlier.deliveryId()));
      return;
    }
    Reason reason = key.kind().conflict();
    refuse(
        arrival,
        refused(
            arrival,
            request,
            id,
            reason,
            List.of(
                new FieldError(
                    key.kind().field(),
                    reason.code(),
                    "was used within the last "
                        + config.dedupeWindow().toHours()
                        + " hours for delivery "
                        + earlier.deliveryId()
                        + ", which had another type, data, metadata or destinations; take a new"
                        + " one"))),
        now);
  }

  private void auditForeign(
      Arrival arrival,
      DeliveryRequest request,
      DeliveryId deliveryId,
      Resolution resolution,
      Instant now) {
    for (Resolution.Refusal refusal : resolution.refused()) {
      if (refusal.foreign()) {
        running()
            .output()
            .audit(
                new AuditRecord(
                    request.organizationId(),
                    "publisher",
                    "foreign-destination-requested",
                    refusal.id(),
                    now,
                    Optional.empty(),
                    Map.of(
                        "deliveryId", deliveryId.toString(),
                        "origin", arrival.origin().toString())));
      }
    }
  }

  private void releaseHeld() {
    Held held = running().held();
    held.look(
        now(),
        table.changes(),
        wanted -> !table.resolve(wanted.organizationId(), wanted.destinations()).mayAppear());
    long bytes = 0;
    for (int i = 0; i < MOST_RELEASED && bytes < MOST_BYTES_RELEASED; i++) {
      Optional<Arrival> next = held.release();
      if (next.isEmpty()) {
        return;
      }
      bytes += next.get().size();
      take(next.get(), now());
    }
  }

  private void passOn(Arrival arrival, ClaimKey claim, Instant now) {
    running()
        .output()
        .passOn(arrival.sentFor(claim.kind()), claim.partition(config.partitions()), now);
  }

  private void refuse(Arrival arrival, Refused refused, Instant now) {
    running()
        .output()
        .refuse(refused, arrival.origin(), arrival.key(), Optional.of(arrival.value()), now);
  }

  private static Refused refused(
      Arrival arrival,
      DeliveryRequest request,
      DeliveryId id,
      Reason reason,
      List<FieldError> errors) {
    return Refused.valid(request, id, arrival.createdAt(), reason, errors);
  }

  private DecodedRequest decode(Arrival arrival) {
    return UntilAvailable.call(() -> codecs.requests().decode(arrival.value().bytes()));
  }

  private DeliveryId deliveryId(Arrival arrival, DeliveryRequest request) {
    return request.deliveryId().orElseGet(() -> derivedId(arrival.origin()));
  }

  private DeliveryId derivedId(RecordOrigin origin) {
    return DeliveryId.ofRecord(config.requestsTopicId(), origin.partition(), origin.offset());
  }

  private boolean isHere(ClaimKey claim) {
    return claim.partition(config.partitions()) == running().partition();
  }

  /** Events carry milliseconds; so does everything that is compared with them. */
  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }

  private Running running() {
    if (running == null) {
      throw new IllegalStateException("a record came before init");
    }
    return running;
  }
}
