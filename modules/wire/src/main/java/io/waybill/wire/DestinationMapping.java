package io.waybill.wire;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Destinations, their commands and results between Avro and the domain. */
final class DestinationMapping {
  private static final String CREATE = "create";
  private static final String UPDATE = "update";
  private static final String ENABLE = "enable";
  private static final String DISABLE = "disable";
  private static final String SET_DEFAULT = "set-default";
  private static final String UNSET_DEFAULT = "unset-default";
  private static final String DELETE = "delete";

  private DestinationMapping() {}

  static io.waybill.avro.Destination toAvro(Destination destination) {
    return new io.waybill.avro.Destination(
        destination.id().value(),
        destination.organizationId().value(),
        destination.label(),
        destination.description().orElse(null),
        ConfigMapping.toAvro(destination.config()),
        ConfigMapping.idsToAvro(destination.fallback()),
        ConfigMapping.afterToAvro(destination.fallback()),
        destination.isDefault(),
        destination.enabled(),
        destination.deleted(),
        destination.version(),
        destination.createdAt(),
        destination.updatedAt());
  }

  static Destination toDomain(io.waybill.avro.Destination destination) {
    return new Destination(
        new DestinationId(destination.getDestinationId()),
        new OrganizationId(destination.getOrganizationId()),
        destination.getLabel(),
        Optional.ofNullable(destination.getDescription()),
        ConfigMapping.toDomain(destination.getConfig()),
        ConfigMapping.fallback(
            destination.getFallbackDestinationIds(), destination.getFallbackAfterMillis()),
        destination.getIsDefault(),
        destination.getEnabled(),
        destination.getDeleted(),
        destination.getVersion(),
        destination.getCreatedAt(),
        destination.getUpdatedAt());
  }

  static io.waybill.avro.DestinationSecrets toAvro(DestinationSecrets secrets) {
    return new io.waybill.avro.DestinationSecrets(
        secrets.destinationId().value(),
        secrets.organizationId().value(),
        secrets.version(),
        sealedToAvro(secrets.fields()));
  }

  static DestinationSecrets toDomain(io.waybill.avro.DestinationSecrets secrets) {
    return new DestinationSecrets(
        new DestinationId(secrets.getDestinationId()),
        new OrganizationId(secrets.getOrganizationId()),
        secrets.getVersion(),
        sealedToDomain(secrets.getFields()));
  }

  static io.waybill.avro.DestinationCommand toAvro(DestinationCommand command) {
    String kind;
    io.waybill.avro.@Nullable DestinationDefinition definition = null;
    OptionalLong expected = OptionalLong.empty();
    DestinationCommand.Action action = command.action();
    if (action instanceof DestinationCommand.Create create) {
      kind = CREATE;
      definition =
          new io.waybill.avro.DestinationDefinition(
              create.label(),
              create.description().orElse(null),
              ConfigMapping.toAvro(create.config()),
              ConfigMapping.idsToAvro(create.fallback()),
              ConfigMapping.afterToAvro(create.fallback()),
              create.isDefault(),
              sealedToAvro(create.secrets()));
    } else if (action instanceof DestinationCommand.Update update) {
      kind = UPDATE;
      definition =
          new io.waybill.avro.DestinationDefinition(
              update.label(),
              update.description().orElse(null),
              ConfigMapping.toAvro(update.config()),
              ConfigMapping.idsToAvro(update.fallback()),
              ConfigMapping.afterToAvro(update.fallback()),
              update.isDefault(),
              sealedToAvro(update.secrets()));
      expected = update.expectedVersion();
    } else if (action instanceof DestinationCommand.Enable enable) {
      kind = ENABLE;
      expected = enable.expectedVersion();
    } else if (action instanceof DestinationCommand.Disable disable) {
      kind = DISABLE;
      expected = disable.expectedVersion();
    } else if (action instanceof DestinationCommand.SetDefault setDefault) {
      kind = setDefault.isDefault() ? SET_DEFAULT : UNSET_DEFAULT;
      expected = setDefault.expectedVersion();
    } else {
      kind = DELETE;
      expected = ((DestinationCommand.Delete) action).expectedVersion();
    }
    return new io.waybill.avro.DestinationCommand(
        command.commandId().toString(),
        command.organizationId().value(),
        command.destinationId().value(),
        command.actor(),
        command.issuedAt(),
        kind,
        definition,
        expected.isPresent() ? expected.getAsLong() : null);
  }

  static DestinationCommand toDomain(io.waybill.avro.DestinationCommand command) {
    OptionalLong expected =
        command.getExpectedVersion() == null
            ? OptionalLong.empty()
            : OptionalLong.of(command.getExpectedVersion());
    DestinationCommand.Action action =
        switch (command.getKind()) {
          case CREATE -> {
            var definition = definition(command);
            yield new DestinationCommand.Create(
                definition.getLabel(),
                Optional.ofNullable(definition.getDescription()),
                ConfigMapping.toDomain(definition.getConfig()),
                ConfigMapping.fallback(
                    definition.getFallbackDestinationIds(), definition.getFallbackAfterMillis()),
                definition.getIsDefault(),
                sealedToDomain(definition.getSecrets()));
          }
          case UPDATE -> {
            var definition = definition(command);
            yield new DestinationCommand.Update(
                definition.getLabel(),
                Optional.ofNullable(definition.getDescription()),
                ConfigMapping.toDomain(definition.getConfig()),
                ConfigMapping.fallback(
                    definition.getFallbackDestinationIds(), definition.getFallbackAfterMillis()),
                definition.getIsDefault(),
                sealedToDomain(definition.getSecrets()),
                expected);
          }
          case ENABLE -> new DestinationCommand.Enable(expected);
          case DISABLE -> new DestinationCommand.Disable(expected);
          case SET_DEFAULT -> new DestinationCommand.SetDefault(true, expected);
          case UNSET_DEFAULT -> new DestinationCommand.SetDefault(false, expected);
          case DELETE -> new DestinationCommand.Delete(expected);
          default -> throw new IllegalArgumentException("kind of command is not known");
        };
    return new DestinationCommand(
        AvroValues.uuid("commandId", command.getCommandId()),
        new OrganizationId(command.getOrganizationId()),
        new DestinationId(command.getDestinationId()),
        command.getActor(),
        command.getIssuedAt(),
        action);
  }

  static io.waybill.avro.DestinationResult toAvro(DestinationResult result) {
    if (result instanceof DestinationResult.Applied applied) {
      return new io.waybill.avro.DestinationResult(
          applied.commandId().toString(),
          applied.organizationId().value(),
          applied.destinationId().value(),
          true,
          applied.version(),
          List.of());
    }
    var refused = (DestinationResult.Refused) result;
    return new io.waybill.avro.DestinationResult(
        refused.commandId().toString(),
        refused.organizationId().value(),
        refused.destinationId().value(),
        false,
        null,
        AvroValues.toAvro(refused.errors()));
  }

  static DestinationResult toDomain(io.waybill.avro.DestinationResult result) {
    UUID commandId = AvroValues.uuid("commandId", result.getCommandId());
    OrganizationId organization = new OrganizationId(result.getOrganizationId());
    DestinationId destination = new DestinationId(result.getDestinationId());
    if (!result.getApplied()) {
      return new DestinationResult.Refused(
          commandId, organization, destination, AvroValues.toDomain(result.getErrors()));
    }
    if (result.getVersion() == null) {
      throw new IllegalArgumentException("version is missing");
    }
    return new DestinationResult.Applied(commandId, organization, destination, result.getVersion());
  }

  static io.waybill.avro.AuditRecord toAvro(AuditRecord audit) {
    return new io.waybill.avro.AuditRecord(
        audit.organizationId().value(),
        audit.actor(),
        audit.action(),
        audit.subject(),
        audit.occurredAt(),
        audit.configHash().orElse(null),
        audit.details());
  }

  static AuditRecord toDomain(io.waybill.avro.AuditRecord audit) {
    return new AuditRecord(
        new OrganizationId(audit.getOrganizationId()),
        audit.getActor(),
        audit.getAction(),
        audit.getSubject(),
        audit.getOccurredAt(),
        Optional.ofNullable(audit.getConfigHash()),
        audit.getDetails());
  }

  private static io.waybill.avro.DestinationDefinition definition(
      io.waybill.avro.DestinationCommand command) {
    if (command.getDefinition() == null) {
      throw new IllegalArgumentException("definition is missing");
    }
    return command.getDefinition();
  }

  private static List<io.waybill.avro.SealedField> sealedToAvro(List<SealedField> fields) {
    return fields.stream()
        .map(field ->
            new io.waybill.avro.SealedField(
                field.name(),
                AvroValues.buffer(field.ciphertext()),
                field.fingerprint(),
                field.binding()))
        .toList();
  }

  private static List<SealedField> sealedToDomain(List<io.waybill.avro.SealedField> fields) {
    return fields.stream()
        .map(field ->
            new SealedField(
                field.getName(),
                AvroValues.bytes(field.getCiphertext()),
                field.getFingerprint(),
                field.getBinding()))
        .toList();
  }
}
