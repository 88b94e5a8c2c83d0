package io.waybill.wire;

import io.waybill.domain.Control;
import io.waybill.domain.ControlCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.PauseScope;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Control records and the commands about them between Avro and the domain. */
final class ControlMapping {
  private static final String DELIVERY_CANCELLED = "delivery-cancelled";
  private static final String DESTINATION_PAUSED = "destination-paused";
  private static final String ORGANIZATION_PAUSED = "organization-paused";
  private static final String TYPE_PAUSED = "type-paused";
  private static final String PAUSE = "pause";
  private static final String RESUME = "resume";

  private ControlMapping() {}

  static io.waybill.avro.Control toAvro(Control control) {
    if (control instanceof Control.DeliveryCancelled cancelled) {
      return new io.waybill.avro.Control(
          DELIVERY_CANCELLED,
          cancelled.deliveryId().toString(),
          cancelled.generation(),
          cancelled.since(),
          null,
          null);
    }
    if (control instanceof Control.DestinationPaused paused) {
      return toAvro(DESTINATION_PAUSED, paused.destinationId().value(), paused);
    }
    if (control instanceof Control.OrganizationPaused paused) {
      return toAvro(ORGANIZATION_PAUSED, paused.organizationId().value(), paused);
    }
    var paused = (Control.TypePaused) control;
    return toAvro(TYPE_PAUSED, paused.type().word(), paused);
  }

  private static io.waybill.avro.Control toAvro(
      String kind, String subject, Control.Paused paused) {
    return new io.waybill.avro.Control(
        kind, subject, 0, paused.since(), paused.by().orElse(null), paused.reason().orElse(null));
  }

  static Control toDomain(io.waybill.avro.Control control) {
    String subject = control.getSubject();
    Optional<String> by = Optional.ofNullable(control.getActor());
    Optional<String> reason = Optional.ofNullable(control.getReason());
    return switch (control.getKind()) {
      case DELIVERY_CANCELLED ->
          new Control.DeliveryCancelled(
              TaskMapping.deliveryId(subject), control.getGeneration(), control.getSince());
      case DESTINATION_PAUSED ->
          new Control.DestinationPaused(new DestinationId(subject), control.getSince(), by, reason);
      case ORGANIZATION_PAUSED ->
          new Control.OrganizationPaused(
              new OrganizationId(subject), control.getSince(), by, reason);
      case TYPE_PAUSED ->
          new Control.TypePaused(
              TaskMapping.destinationType(subject), control.getSince(), by, reason);
      default -> throw new IllegalArgumentException("kind of control is not known");
    };
  }

  static io.waybill.avro.ControlCommand toAvro(ControlCommand command) {
    PauseScope scope = command.scope();
    @Nullable String owner =
        scope instanceof PauseScope.OfDestination one ? one.owner().value() : null;
    @Nullable String reason =
        command.action() instanceof ControlCommand.Pause pause ? pause.reason().orElse(null) : null;
    return new io.waybill.avro.ControlCommand(
        command.commandId().toString(),
        command.action() instanceof ControlCommand.Pause ? PAUSE : RESUME,
        scope.word(),
        scope.id(),
        command.organizationId().value(),
        owner,
        command.actor(),
        command.issuedAt(),
        reason);
  }

  static ControlCommand toDomain(io.waybill.avro.ControlCommand command) {
    ControlCommand.Action action =
        switch (command.getKind()) {
          case PAUSE -> new ControlCommand.Pause(Optional.ofNullable(command.getReason()));
          case RESUME -> new ControlCommand.Resume();
          default -> throw new IllegalArgumentException("kind of command is not known");
        };
    return new ControlCommand(
        AvroValues.uuid("commandId", command.getCommandId()),
        new OrganizationId(command.getOrganizationId()),
        scope(command),
        command.getActor(),
        command.getIssuedAt(),
        action);
  }

  private static PauseScope scope(io.waybill.avro.ControlCommand command) {
    String subject = command.getSubject();
    return switch (command.getScope()) {
      case "destination" -> {
        if (command.getOwnerId() == null) {
          throw new IllegalArgumentException("ownerId is missing");
        }
        yield new PauseScope.OfDestination(
            new DestinationId(subject), new OrganizationId(command.getOwnerId()));
      }
      case "organization" -> new PauseScope.OfOrganization(new OrganizationId(subject));
      case "type" -> new PauseScope.OfType(TaskMapping.destinationType(subject));
      default -> throw new IllegalArgumentException("scope is not known");
    };
  }
}
