package io.waybill.fanout;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryEvent.Duplicate;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RawBytes;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.TraceParent;
import io.waybill.domain.Traces;
import io.waybill.fanout.Claims.Claim;
import io.waybill.fanout.RequestLimits.Broken;
import io.waybill.wire.Codecs;
import io.waybill.wire.DecodedRequest;
import io.waybill.wire.UntilAvailable;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The road of a request through one partition: decode, check the limits, pass on to where its claim
 * belongs, look the claim up, resolve the destinations (waiting for them if need be), claim, emit.
 * Used by one stream thread.
 */
final class Road {
  private final Codecs codecs;
  private final FanOutConfig config;
  private final DestinationTable table;
  private final Output output;
  private final Claims claims;
  private final Held held;
  private final int partition;
  private final Traces traces;
  private final RequestLimits limits;
  private final TaskMaker maker;

  Road(
      Codecs codecs,
      FanOutConfig config,
      DestinationTable table,
      Output output,
      Claims claims,
      Held held,
      int partition,
      Traces traces) {
    this.traces = traces;
    this.codecs = codecs;
    this.config = config;
    this.table = table;
    this.output = output;
    this.claims = claims;
    this.held = held;
    this.partition = partition;
    this.limits = new RequestLimits(config.longestDeliverAhead());
    this.maker = new TaskMaker(config.inlineBytes());
  }

  /** A record of a request topic that has no value. */
  void takeEmpty(RecordOrigin origin, Optional<RawBytes> key, Instant createdAt, Instant now) {
    DeliveryId id = derivedId(origin);
    output.refuse(
        Refused.empty(id, createdAt).ofPublisher(topicOf(origin).owner(), id),
        origin,
        key,
        Optional.empty(),
        now,
        Optional.empty());
  }

  /** A record of a request topic, fresh or after having waited. */
  void take(Arrival arrival, Instant now) {
    RequestTopic topic = topicOf(arrival.origin());
    switch (decode(arrival)) {
      case DecodedRequest.Invalid invalid -> {
        DeliveryId derivedId = derivedId(arrival.origin());
        Refused refused = Refused.unreadable(invalid, derivedId, arrival.createdAt());
        Optional<OrganizationId> claimed = invalid.organizationId();
        if (claimed.isPresent() && !topic.maySpeakFor(claimed.get())) {
          refuseForeign(arrival, topic, claimed.get(), refused, now);
          return;
        }
        refuse(
            arrival,
            claimed.isEmpty() ? refused.ofPublisher(topic.owner(), derivedId) : refused,
            now);
      }
      case DecodedRequest.Valid(var request) -> {
        if (isForeign(arrival, topic, request, now)) {
          return;
        }
        Optional<Broken> broken =
            arrival.isNew() ? limits.check(request, arrival.size(), now) : Optional.empty();
        if (broken.isPresent()) {
          refuse(
              arrival,
              Refused.valid(
                  request,
                  deliveryId(arrival, request),
                  arrival.createdAt(),
                  broken.get().reason(),
                  broken.get().errors()),
              now);
          return;
        }
        decide(arrival, request, now);
      }
    }
  }

  /**
   * A request that another partition passed on.
   *
   * @throws RekeyHeaders.Forged when it cannot have been
   */
  void takePassedOn(Arrival arrival, Instant now) throws RekeyHeaders.Forged {
    if (!(decode(arrival) instanceof DecodedRequest.Valid(var request))) {
      throw new RekeyHeaders.Forged("it holds no valid request");
    }
    List<ClaimKey> keys = ClaimKey.of(request, arrival.sentFor());
    if (keys.isEmpty()
        || !Optional.of(keys.getFirst().kind()).equals(arrival.sentFor())
        || !isHere(keys.getFirst())) {
      throw new RekeyHeaders.Forged("its claim does not belong to this partition");
    }
    // Again, for an operator may have taken the right away while it was on its way.
    if (isForeign(arrival, topicOf(arrival.origin()), request, now)) {
      return;
    }
    decide(arrival, request, now);
  }

  /** Refuses a request that names an organization for which its topic may not speak. */
  private boolean isForeign(
      Arrival arrival, RequestTopic topic, DeliveryRequest request, Instant now) {
    OrganizationId claimed = request.organizationId();
    if (topic.maySpeakFor(claimed)) {
      return false;
    }
    Refused refused =
        Refused.valid(
            request,
            deliveryId(arrival, request),
            arrival.createdAt(),
            Reason.ORGANIZATION_NOT_ALLOWED,
            List.of());
    refuseForeign(arrival, topic, claimed, refused, now);
    return true;
  }

  /**
   * Nothing of it goes under the name that it claims: whoever that is has not published it, and
   * must find neither a status nor a dead letter of it among his own. It goes under the name of the
   * topic's owner, where there is one, else under nobody's, and under an id of its own.
   */
  private void refuseForeign(
      Arrival arrival, RequestTopic topic, OrganizationId claimed, Refused refused, Instant now) {
    DeliveryId id = derivedId(arrival.origin());
    refuse(arrival, refused.asForeign(topic, id), now);
    Map<String, String> details = new HashMap<>();
    details.put("deliveryId", id.toString());
    details.put("topic", topic.name());
    details.put("origin", arrival.origin().toString());
    if (!refused.deliveryId().equals(id)) {
      details.put("claimedDeliveryId", refused.deliveryId().toString());
    }
    output.audit(
        new AuditRecord(
            topic.owner().orElse(OrganizationId.UNKNOWN),
            "publisher",
            "foreign-organization-claimed",
            claimed.value(),
            now,
            Optional.empty(),
            details));
  }

  private void decide(Arrival arrival, DeliveryRequest request, Instant now) {
    List<ClaimKey> keys = ClaimKey.of(request, arrival.sentFor());
    List<ClaimKey> here = keys.stream().takeWhile(this::isHere).toList();
    if (here.isEmpty() && !keys.isEmpty()) {
      passOn(arrival, keys.getFirst(), now);
      return;
    }
    DeliveryId deliveryId = deliveryId(arrival, request);
    Optional<ContentHash> content =
        here.isEmpty() ? Optional.empty() : Optional.of(ContentHash.of(request));
    for (ClaimKey key : here) {
      Optional<Claim> earlier = claims.find(key, now);
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
      held.hold(arrival.withGraceEnd(graceEnd), Held.Wanted.of(request));
      return;
    }
    if (resolution.good().isEmpty()) {
      refuse(
          arrival,
          Refused.valid(
              request, deliveryId, arrival.createdAt(), resolution.reason(), resolution.errors()),
          now);
      auditForeign(arrival, request, deliveryId, resolution, now);
      return;
    }
    for (ClaimKey key : here) {
      claims.put(key, new Claim(deliveryId, content.orElseThrow()), now);
    }
    if (here.size() < keys.size()) {
      // Who has waited here takes the end of that grace along, and does not wait a second time.
      passOn(arrival, keys.get(here.size()), now);
      return;
    }
    TaskMaker.Made made =
        maker.make(request, deliveryId, arrival.origin(), arrival.createdAt(), resolution, now);
    Optional<TraceParent> trace = decided(arrival, deliveryId, "accepted", Optional.empty(), now);
    output.tasks(made.withTrace(trace), now);
    output.event(made.event(), trace);
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
      output.event(
          new Duplicate(
              id,
              request.organizationId(),
              now,
              TaskMaker.summary(request, arrival.createdAt()),
              earlier.deliveryId()),
          decided(arrival, id, "duplicate", Optional.empty(), now));
      return;
    }
    Reason reason = key.kind().conflict();
    refuse(
        arrival,
        Refused.valid(
            request,
            id,
            arrival.createdAt(),
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
        output.audit(
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

  private void passOn(Arrival arrival, ClaimKey claim, Instant now) {
    output.passOn(arrival.sentFor(claim.kind()), claim.partition(config.partitions()), now);
  }

  private void refuse(Arrival arrival, Refused refused, Instant now) {
    output.refuse(
        refused,
        arrival.origin(),
        arrival.key(),
        Optional.of(arrival.value()),
        now,
        decided(arrival, refused.deliveryId(), "rejected", Optional.of(refused.reason()), now));
  }

  /** The step of a trace that ends with a request's being decided. */
  private Optional<TraceParent> decided(
      Arrival arrival, DeliveryId id, String result, Optional<Reason> failure, Instant now) {
    return traces.add(
        arrival.trace(),
        id,
        () ->
            new Traces.Step(
                "fan-out",
                Traces.Kind.CONSUMER,
                // Not later than it ends, whatever the publisher's clock says.
                arrival.createdAt().isAfter(now) ? now : arrival.createdAt(),
                now,
                Map.of("waybill.result", result, "waybill.origin", arrival.origin().toString()),
                failure));
  }

  private DecodedRequest decode(Arrival arrival) {
    return UntilAvailable.call(() -> codecs.requests().decode(arrival.value().bytes()));
  }

  private DeliveryId deliveryId(Arrival arrival, DeliveryRequest request) {
    return request.deliveryId().orElseGet(() -> derivedId(arrival.origin()));
  }

  private DeliveryId derivedId(RecordOrigin origin) {
    return DeliveryId.ofRecord(topicOf(origin).id(), origin.partition(), origin.offset());
  }

  private RequestTopic topicOf(RecordOrigin origin) {
    return config.requestTopics().of(origin.topic());
  }

  private boolean isHere(ClaimKey claim) {
    return claim.partition(config.partitions()) == partition;
  }
}
