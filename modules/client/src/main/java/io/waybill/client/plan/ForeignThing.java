package io.waybill.client.plan;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.OrganizationId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What can be asked for that may be another organization's, with the word that the audit trail has
 * for the try.
 */
public enum ForeignThing {
  DESTINATION("foreign-destination-requested"),
  DELIVERY("foreign-delivery-requested"),
  DEAD_LETTER("foreign-dead-letter-requested");

  private final String action;

  ForeignThing(String action) {
    this.action = action;
  }

  /**
   * The security event of one that was named by whose it is not. It stands under who asked, and
   * does not say whose the thing is.
   *
   * @param id of the thing
   * @param command what was asked: a command of the command line, or a method of the SDK
   */
  public AuditRecord requested(
      OrganizationId asking, String actor, String id, String command, Instant now) {
    return new AuditRecord(
        asking, actor, action, id, now, Optional.empty(), Map.of("command", command));
  }
}
