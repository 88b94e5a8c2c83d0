package io.waybill.status;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.Control;
import io.waybill.domain.ControlCommand;
import io.waybill.domain.ControlCommand.Pause;
import io.waybill.domain.ControlCommand.Resume;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.PauseScope;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Decides what is paused. Each wish is decided on the state it meets: what is paused already keeps
 * its beginning, its reason and who asked for it. Pure.
 */
final class PauseDecider {
  /** A security event; the destinations topology and fan-out call theirs the same. */
  private static final String FOREIGN = "foreign-destination-requested";

  private PauseDecider() {}

  /** What becomes of a wish. */
  sealed interface Decision {}

  /** This stands on the control topic from now on. */
  record Paused(Control.Paused control, AuditRecord audit) implements Decision {}

  /** Nothing stands there any more. */
  record Resumed(AuditRecord audit) implements Decision {}

  /**
   * Everything stays as it is.
   *
   * @param audit absent when nobody asked: a deleted destination that was not paused
   */
  record Refused(Optional<AuditRecord> audit) implements Decision {}

  static Decision decide(ControlCommand command, Optional<Control> current, Instant now) {
    String action =
        switch (command.action()) {
          case Pause _ -> "pause";
          case Resume _ -> "resume";
        };
    PauseScope scope = command.scope();
    if (!isOwn(command)) {
      // Reads like one that does not exist: nobody learns which ids there are.
      return scope instanceof PauseScope.OfDestination
          ? new Refused(Optional.of(audit(command, FOREIGN, Map.of("command", action), now)))
          : refused(command, action, "not-found", now);
    }
    return switch (command.action()) {
      case Pause pause ->
          current.isPresent()
              ? refused(command, action, "already-paused", now)
              : new Paused(
                  control(scope, now, command.actor(), pause.reason()),
                  audit(command, scope.word() + "-paused", details(pause), now));
      case Resume _ when current.isPresent() ->
          new Resumed(audit(command, scope.word() + "-resumed", since(current.get()), now));
      case Resume _ ->
          command.actor().equals(StatusTopology.APPLICATION_ID)
              ? new Refused(Optional.empty())
              : refused(command, action, "not-paused", now);
    };
  }

  private static boolean isOwn(ControlCommand command) {
    OrganizationId owner =
        switch (command.scope()) {
          case PauseScope.OfDestination one -> one.owner();
          case PauseScope.OfOrganization one -> one.organizationId();
          case PauseScope.OfType _ -> OrganizationId.UNKNOWN;
        };
    return owner.equals(command.organizationId());
  }

  private static Control.Paused control(
      PauseScope scope, Instant now, String actor, Optional<String> reason) {
    Optional<String> by = Optional.of(actor);
    return switch (scope) {
      case PauseScope.OfDestination one ->
          new Control.DestinationPaused(one.destinationId(), now, by, reason);
      case PauseScope.OfOrganization one ->
          new Control.OrganizationPaused(one.organizationId(), now, by, reason);
      case PauseScope.OfType one -> new Control.TypePaused(one.type(), now, by, reason);
    };
  }

  private static Map<String, String> details(Pause pause) {
    return pause.reason().map(reason -> Map.of("reason", reason)).orElse(Map.of());
  }

  private static Map<String, String> since(Control paused) {
    return Map.of("pausedSince", paused.since().toString());
  }

  private static Refused refused(
      ControlCommand command, String action, String reason, Instant now) {
    return new Refused(
        Optional.of(audit(command, action + "-refused", Map.of("reason", reason), now)));
  }

  private static AuditRecord audit(
      ControlCommand command, String action, Map<String, String> details, Instant now) {
    Map<String, String> all = new TreeMap<>(details);
    all.put("scope", command.scope().word());
    all.put("commandId", command.commandId().toString());
    return new AuditRecord(
        command.organizationId(),
        command.actor(),
        action,
        command.scope().id(),
        now,
        Optional.empty(),
        all);
  }
}
