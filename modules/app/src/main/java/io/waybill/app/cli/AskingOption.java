package io.waybill.app.cli;

import io.waybill.client.plan.ForeignThing;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.OrganizationId;
import io.waybill.wire.Topics;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * {@code --org} of commands that name one thing: on whose behalf they ask. What belongs to another
 * organization reads as not there, and the try leaves a security event. It keeps whoever may read
 * every topic from reaching into the wrong organization; it replaces no ACL.
 */
final class AskingOption {
  @Option(
      names = "--org",
      paramLabel = "ORG",
      description =
          "Ask for this organization: what belongs to another one reads as not there, and the try"
              + " leaves a security event on waybill.audit.")
  private Optional<OrganizationId> organization = Optional.empty();

  /** Who asks, when that was said. */
  Optional<OrganizationId> organization() {
    return organization;
  }

  /** Whether somebody asks whose it is not. */
  boolean isForeign(OrganizationId owner) {
    return organization.filter(asking -> !asking.equals(owner)).isPresent();
  }

  /** The delivery, or nothing when there is none for who asks; see {@link #mayHave}. */
  Optional<DeliveryStatus> own(
      Optional<DeliveryStatus> delivery, KafkaCommand command, Connection connection) {
    return delivery.filter(found ->
        mayHave(
            found.organizationId(),
            ForeignThing.DELIVERY,
            found.deliveryId().toString(),
            command,
            connection));
  }

  /** The same for what may be nobody's: that is not theirs who ask either, and no offence. */
  boolean mayHave(
      Optional<OrganizationId> owner,
      ForeignThing thing,
      String id,
      KafkaCommand command,
      Connection connection) {
    return owner
        .map(known -> mayHave(known, thing, id, command, connection))
        .orElse(organization.isEmpty());
  }

  /**
   * Whether who asks may have what belongs to {@code owner}; leaves a security event when not. It
   * says who asked, not whose the thing is.
   *
   * @param command what is asked, for the event
   * @throws CliException when the event cannot be written; nothing is told then either
   */
  boolean mayHave(
      OrganizationId owner,
      ForeignThing thing,
      String id,
      KafkaCommand command,
      Connection connection) {
    if (!isForeign(owner)) {
      return true;
    }
    report(organization.orElseThrow(), thing, id, command, connection);
    return false;
  }

  /** Leaves the security event that {@code asking} named what is another organization's. */
  static void report(
      OrganizationId asking,
      ForeignThing thing,
      String id,
      KafkaCommand command,
      Connection connection) {
    Environment environment = command.environment();
    AuditRecord event =
        thing.requested(
            asking, environment.actor(), id, command.name(), environment.clock().instant());
    connection.send(
        Topics.AUDIT,
        event.organizationId().value(),
        connection.codecs().audits().encode(Topics.AUDIT, event));
  }
}
