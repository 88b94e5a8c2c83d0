package io.waybill.client;

import io.waybill.client.plan.ForeignThing;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf a client asks. What belongs to another organization is not there for a client
 * that is bound to one, and the try leaves a security event. Nothing is foreign to one that is not.
 * Safe to share between threads.
 */
final class Asking {
  private final @Nullable OrganizationId organization;
  private final Optional<Codecs> codecs;
  private final Publisher publisher;
  private final Waiting waiting;
  private final InstantSource clock;
  private final String actor;
  private final Duration answerWithin;

  Asking(
      Optional<OrganizationId> organization,
      Optional<Codecs> codecs,
      Publisher publisher,
      Waiting waiting,
      InstantSource clock,
      String actor,
      Duration answerWithin) {
    this.organization = organization.orElse(null);
    this.codecs = codecs;
    this.publisher = publisher;
    this.waiting = waiting;
    this.clock = clock;
    this.actor = actor;
    this.answerWithin = answerWithin;
  }

  /** Whether somebody asks whose it is not. Asked of every request: it makes nothing. */
  boolean isForeign(OrganizationId owner) {
    return organization != null && !organization.equals(owner);
  }

  /**
   * Refuses what is said to be another organization's, whether or not there is such a one.
   *
   * @param what for people: {@code the request}
   * @throws RefusedException naming the field
   */
  void requireOwn(OrganizationId named, String what) {
    if (isForeign(named)) {
      throw new RefusedException(
          what + " is not of this client's organization, and nothing was done:",
          List.of(
              new FieldError(
                  "organizationId", "foreign", "must be " + organization + ", not " + named)));
    }
  }

  /**
   * Refuses to look at anything that may turn out to be foreign when that could not be told: an
   * answer must not depend on it.
   */
  void requireAbleToTell() {
    if (organization != null && codecs.isEmpty()) {
      throw NoRegistry.none();
    }
  }

  /**
   * Leaves the security event that a foreign thing was named, and returns when all in-sync replicas
   * have it.
   *
   * @param method of the client
   * @throws WaybillException when it cannot be written; nothing may be told then
   */
  void report(ForeignThing thing, String id, String method) {
    OrganizationId asking = organization;
    if (asking == null) {
      return;
    }
    AuditRecord event = thing.requested(asking, actor, id, method, clock.instant());
    byte[] value = codecs.orElseThrow(NoRegistry::none).audits().encode(Topics.AUDIT, event);
    if (waiting
        .get(publisher.publish(Topics.AUDIT, asking.value(), value), answerWithin)
        .isEmpty()) {
      throw new WaybillException(
          "a security event could not be written to "
              + Topics.AUDIT
              + " within "
              + answerWithin
              + ", and nothing was done: can Kafka be reached?");
    }
  }
}
