package io.waybill.destinations;

import io.waybill.destinations.Surroundings.Holder;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationCommand.Create;
import io.waybill.domain.DestinationCommand.Delete;
import io.waybill.domain.DestinationCommand.Disable;
import io.waybill.domain.DestinationCommand.Enable;
import io.waybill.domain.DestinationCommand.SetDefault;
import io.waybill.domain.DestinationCommand.Update;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.Fallback;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Decides commands. Pure: the same command in the same state at the same time ends the same. */
final class DestinationDecisions {
  static final String ALREADY_EXISTS = "already-exists";
  static final String DELETED = "deleted";
  static final String DISABLED = "disabled";
  static final String IMMUTABLE = "immutable";
  static final String NOT_FOUND = "not-found";
  static final String NOT_UNIQUE = "not-unique";
  static final String QUOTA = "quota";
  static final String VERSION_CONFLICT = "version-conflict";

  private final int maxDestinations;
  private final OperatorRules operatorRules;

  /**
   * @param maxDestinations most live destinations of one organization
   * @param operatorRules asked at each create and update
   */
  DestinationDecisions(int maxDestinations, OperatorRules operatorRules) {
    this.maxDestinations = maxDestinations;
    this.operatorRules = operatorRules;
  }

  /**
   * Decides one command; nothing is changed here.
   *
   * @param current the destination of the command's organization that has the command's id, deleted
   *     ones included
   */
  Decision decide(
      DestinationCommand command,
      Optional<Registered> current,
      Surroundings surroundings,
      Instant now) {
    List<FieldError> senderErrors = CommandRules.checkSender(command);
    if (command.action() instanceof Create create) {
      return current
          .map(existing -> createAgain(create, existing, senderErrors))
          .orElseGet(() -> create(command, create, senderErrors, surroundings, now));
    }
    if (!senderErrors.isEmpty()) {
      return new Decision.Refused(senderErrors);
    }
    return current
        .map(registered -> change(command, registered, surroundings, now))
        .orElseGet(() -> notFound(command, surroundings));
  }

  private static Decision createAgain(
      Create create, Registered existing, List<FieldError> senderErrors) {
    Destination destination = existing.destination();
    boolean same =
        !destination.deleted()
            && destination.label().equals(create.label())
            && destination.description().equals(create.description())
            && destination.config().equals(create.config())
            && destination.fallback().equals(create.fallback())
            && destination.isDefault() == create.isDefault()
            && SealedFields.sameValues(existing.secrets(), create.secrets());
    return same && senderErrors.isEmpty()
        ? new Decision.Unchanged(destination.version())
        : alreadyExists(false);
  }

  private Decision create(
      DestinationCommand command,
      Create create,
      List<FieldError> senderErrors,
      Surroundings surroundings,
      Instant now) {
    OrganizationId organization = command.organizationId();
    Holder holder = surroundings.holder(organization, command.destinationId());
    if (holder != Holder.NOBODY) {
      return alreadyExists(holder == Holder.OTHER_ORGANIZATION);
    }
    List<FieldError> amounts = CommandRules.checkAmounts(create.config(), create.secrets());
    if (!amounts.isEmpty()) {
      return new Decision.Refused(amounts);
    }
    SealedFields.Merged secrets = SealedFields.merge(create.config(), create.secrets(), List.of());
    List<FieldError> errors = new ArrayList<>(senderErrors);
    errors.addAll(CommandRules.checkNewId(command.destinationId()));
    errors.addAll(
        CommandRules.checkDefinition(create.label(), create.description(), create.config()));
    errors.addAll(operatorRules.check(organization, create.config()));
    errors.addAll(
        checkFallback(create.fallback(), organization, command.destinationId(), surroundings));
    errors.addAll(checkUnique(create.label(), organization, command.destinationId(), surroundings));
    errors.addAll(secrets.errors());
    errors.addAll(checkQuota(surroundings.live(organization)));
    if (!errors.isEmpty()) {
      return new Decision.Refused(errors);
    }
    Destination created =
        new Destination(
            command.destinationId(),
            organization,
            create.label(),
            create.description(),
            create.config(),
            create.fallback(),
            create.isDefault(),
            true,
            false,
            1,
            now,
            now);
    return changed("destination-created", created, List.of(), secrets.fields());
  }

  private Decision change(
      DestinationCommand command, Registered registered, Surroundings surroundings, Instant now) {
    DestinationCommand.Action action = command.action();
    Destination destination = registered.destination();
    OptionalLong expected = expectedVersion(action);
    if (expected.isPresent() && expected.getAsLong() != destination.version()) {
      return refused(
          "expectedVersion",
          VERSION_CONFLICT,
          "version "
              + expected.getAsLong()
              + " was expected, but the destination has version "
              + destination.version()
              + ": read it again and repeat the change");
    }
    if (destination.deleted()) {
      return action instanceof Delete
          ? new Decision.Unchanged(destination.version())
          : refused("destinationId", DELETED, "the destination is deleted: create a new one");
    }
    return switch (action) {
      case Create _ -> throw new IllegalStateException("a create changes no destination");
      case Update update -> update(update, registered, surroundings, now);
      case Enable _ -> enable(registered, now);
      case Disable disable -> disable(registered, command.actor(), disable, now);
      case SetDefault set -> setDefault(registered, set.isDefault(), now);
      case Delete _ ->
          changed(
              "destination-deleted",
              Changes.deleted(destination, now),
              List.of("deleted"),
              List.of());
    };
  }

  private Decision update(
      Update update, Registered registered, Surroundings surroundings, Instant now) {
    Destination destination = registered.destination();
    List<FieldError> amounts = CommandRules.checkAmounts(update.config(), update.secrets());
    if (!amounts.isEmpty()) {
      return new Decision.Refused(amounts);
    }
    List<FieldError> errors = new ArrayList<>();
    if (update.config().type() != destination.type()) {
      errors.add(
          new FieldError(
              "config.type",
              IMMUTABLE,
              "cannot change: the destination is of type "
                  + destination.type().word()
                  + "; create a new one of the other type"));
    }
    if (update.isDefault() && !destination.isDefault() && !destination.enabled()) {
      errors.add(disabledDefault());
    }
    SealedFields.Merged secrets =
        SealedFields.merge(update.config(), update.secrets(), registered.secrets());
    errors.addAll(
        CommandRules.checkDefinition(update.label(), update.description(), update.config()));
    errors.addAll(operatorRules.check(destination.organizationId(), update.config()));
    errors.addAll(
        checkFallback(
            update.fallback(), destination.organizationId(), destination.id(), surroundings));
    errors.addAll(
        checkUnique(update.label(), destination.organizationId(), destination.id(), surroundings));
    errors.addAll(secrets.errors());
    errors.addAll(
        SealedFields.checkTakenAlong(
            destination.config(), update.config(), secrets.fields(), registered.secrets()));
    if (!errors.isEmpty()) {
      return new Decision.Refused(errors);
    }
    Destination after = Changes.updated(destination, update, now);
    List<String> fields = Changes.fields(registered, after, secrets.fields());
    return fields.isEmpty()
        ? new Decision.Unchanged(destination.version())
        : changed("destination-updated", after, fields, secrets.fields());
  }

  private static Decision enable(Registered registered, Instant now) {
    Destination destination = registered.destination();
    return destination.enabled()
        ? new Decision.Unchanged(destination.version())
        : changed(
            "destination-enabled",
            Changes.enabled(destination, now),
            List.of("enabled"),
            registered.secrets());
  }

  /** One that is disabled already keeps what was said first of why. */
  private static Decision disable(
      Registered registered, String actor, Disable disable, Instant now) {
    Destination destination = registered.destination();
    if (!destination.enabled()) {
      return new Decision.Unchanged(destination.version());
    }
    List<FieldError> errors = CommandRules.checkReason(disable.reason());
    return errors.isEmpty()
        ? changed(
            "destination-disabled",
            Changes.disabled(destination, actor, disable.reason(), now),
            List.of("enabled"),
            registered.secrets())
        : new Decision.Refused(errors);
  }

  private static Decision setDefault(Registered registered, boolean isDefault, Instant now) {
    Destination destination = registered.destination();
    if (isDefault && !destination.enabled()) {
      return new Decision.Refused(List.of(disabledDefault()));
    }
    if (destination.isDefault() == isDefault) {
      return new Decision.Unchanged(destination.version());
    }
    return changed(
        isDefault ? "destination-default-set" : "destination-default-unset",
        Changes.withDefault(destination, isDefault, now),
        List.of("isDefault"),
        registered.secrets());
  }

  private List<FieldError> checkQuota(long live) {
    return live < maxDestinations
        ? List.of()
        : List.of(
            new FieldError(
                "",
                QUOTA,
                "the organization has "
                    + live
                    + " destinations, at most "
                    + maxDestinations
                    + " are allowed: delete some that are not used any more"));
  }

  private static List<FieldError> checkUnique(
      String label, OrganizationId organization, DestinationId self, Surroundings surroundings) {
    return surroundings
        .labelled(organization, label)
        .filter(other -> !other.equals(self))
        .map(other ->
            List.of(
                new FieldError(
                    "label",
                    NOT_UNIQUE,
                    "is the label of destination " + other + " already: choose another")))
        .orElse(List.of());
  }

  private static List<FieldError> checkFallback(
      Fallback fallback,
      OrganizationId organization,
      DestinationId self,
      Surroundings surroundings) {
    List<FieldError> errors = new ArrayList<>(DestinationRules.checkFallback(fallback));
    // Looking each up only while there are few enough: a command can name a million.
    if (!errors.isEmpty()) {
      return errors;
    }
    for (DestinationId id : fallback.destinationIds()) {
      if (id.equals(self)) {
        errors.add(
            new FieldError(
                "fallbackDestinationIds",
                DestinationRules.INVALID_VALUE,
                "must not name the destination itself"));
      } else if (!surroundings.isLive(organization, id)) {
        errors.add(
            new FieldError(
                "fallbackDestinationIds",
                NOT_FOUND,
                "names "
                    + id
                    + ", and there is no such destination in this organization: create it first"));
      }
    }
    return errors;
  }

  private static OptionalLong expectedVersion(DestinationCommand.Action action) {
    return switch (action) {
      case Create _ -> OptionalLong.empty();
      case Update update -> update.expectedVersion();
      case Enable enable -> enable.expectedVersion();
      case Disable disable -> disable.expectedVersion();
      case SetDefault set -> set.expectedVersion();
      case Delete delete -> delete.expectedVersion();
    };
  }

  private static Decision changed(
      String action, Destination after, List<String> fields, List<SealedField> secrets) {
    return new Decision.Changed(action, after, secrets, Changes.details(after, fields, secrets));
  }

  /** The same text whoever has the id: it must not tell one organization of another. */
  private static Decision alreadyExists(boolean foreign) {
    return new Decision.Refused(
        List.of(
            new FieldError(
                "destinationId",
                ALREADY_EXISTS,
                "this id is or was in use by a destination: choose another, a random UUID")),
        foreign);
  }

  /** The same text for an unknown id and for another organization's. */
  private static Decision notFound(DestinationCommand command, Surroundings surroundings) {
    Holder holder = surroundings.holder(command.organizationId(), command.destinationId());
    return new Decision.Refused(
        List.of(
            new FieldError(
                "destinationId",
                NOT_FOUND,
                "there is no such destination in this organization: check the id")),
        holder == Holder.OTHER_ORGANIZATION);
  }

  private static FieldError disabledDefault() {
    return new FieldError(
        "isDefault",
        DISABLED,
        "the destination is disabled, so it cannot become a default: enable it first");
  }

  private static Decision refused(String field, String code, String message) {
    return new Decision.Refused(List.of(new FieldError(field, code, message)));
  }
}
