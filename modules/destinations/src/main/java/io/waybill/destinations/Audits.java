package io.waybill.destinations;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.FieldError;
import io.waybill.domain.Hashing;
import io.waybill.domain.RequestRules;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the audit trail says. Names, versions and fingerprints; no value of a configuration. */
final class Audits {
  static final String REFUSED = "destination-command-refused";
  static final String FOREIGN = "foreign-destination-requested";
  static final String FORGOTTEN = "destination-forgotten";

  private static final int MAX_ERRORS = 20;

  private Audits() {}

  /**
   * @param encoded the published value; its hash ties the audit to the record on the destinations
   *     topic
   */
  static AuditRecord changed(
      DestinationCommand command, Decision.Changed changed, byte[] encoded, Instant now) {
    Map<String, String> details = new HashMap<>(changed.details());
    details.put("commandId", command.commandId().toString());
    if (command.action() instanceof DestinationCommand.Disable disable) {
      disable.reason().ifPresent(reason -> details.put("reason", reason));
    }
    return of(command, changed.action(), Optional.of(Hashing.sha256Hex(encoded)), details, now);
  }

  /** Field names and codes only: messages are for who asked. */
  static AuditRecord refused(DestinationCommand command, List<FieldError> errors, Instant now) {
    String shown =
        errors.stream()
            .limit(MAX_ERRORS)
            .map(error ->
                error.field().isEmpty() ? error.code() : error.field() + " " + error.code())
            .collect(Collectors.joining(", "));
    return of(
        command,
        REFUSED,
        Optional.empty(),
        Map.of(
            "commandId",
            command.commandId().toString(),
            "command",
            word(command.action()),
            "errors",
            shown),
        now);
  }

  /** A security event. Says who asked, not whose the destination is. */
  static AuditRecord foreign(DestinationCommand command, Instant now) {
    return of(
        command,
        FOREIGN,
        Optional.empty(),
        Map.of("commandId", command.commandId().toString(), "command", word(command.action())),
        now);
  }

  /** The end of a deleted destination's record, which nobody asked for. */
  static AuditRecord forgotten(Destination destination, Instant now) {
    return new AuditRecord(
        destination.organizationId(),
        DestinationsTopology.APPLICATION_ID,
        FORGOTTEN,
        destination.id().value(),
        now,
        Optional.empty(),
        Map.of("version", Long.toString(destination.version())));
  }

  private static AuditRecord of(
      DestinationCommand command,
      String action,
      Optional<String> configHash,
      Map<String, String> details,
      Instant now) {
    String actor = RequestRules.isActor(command.actor()) ? command.actor() : "unknown";
    return new AuditRecord(
        command.organizationId(),
        actor,
        action,
        command.destinationId().value(),
        now,
        configHash,
        details);
  }

  private static String word(DestinationCommand.Action action) {
    return switch (action) {
      case DestinationCommand.Create _ -> "create";
      case DestinationCommand.Update _ -> "update";
      case DestinationCommand.Enable _ -> "enable";
      case DestinationCommand.Disable _ -> "disable";
      case DestinationCommand.SetDefault set -> set.isDefault() ? "set-default" : "unset-default";
      case DestinationCommand.Delete _ -> "delete";
    };
  }
}
