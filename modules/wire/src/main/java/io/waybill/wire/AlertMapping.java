package io.waybill.wire;

import io.waybill.domain.Alert;
import io.waybill.domain.AlertKind;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.HealthSignal;
import io.waybill.domain.OrganizationId;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Alerts, and the signals that lead to them, between Avro and the domain. */
final class AlertMapping {
  private static final String BACKLOG = "backlog";
  private static final String CONFIGURED = "configured";

  private AlertMapping() {}

  static io.waybill.avro.Alert toAvro(Alert alert) {
    return new io.waybill.avro.Alert(
        alert.organizationId().value(),
        alert.kind().word(),
        alert.destinationId().value(),
        alert.severity().word(),
        alert.message(),
        alert.raisedAt(),
        alert.alertId().toString(),
        alert.label().orElse(null),
        number(alert.value()),
        number(alert.threshold()));
  }

  static Alert toDomain(io.waybill.avro.Alert alert) {
    return new Alert(
        AvroValues.uuid("alertId", alert.getAlertId()),
        new OrganizationId(alert.getOrganizationId()),
        new DestinationId(required("destinationId", alert.getDestinationId())),
        Optional.ofNullable(alert.getLabel()),
        AvroValues.word("kind", alert.getKind(), AlertKind::parse),
        AvroValues.word("severity", alert.getSeverity(), Alert.Severity::parse),
        alert.getMessage(),
        number(alert.getValue()),
        number(alert.getThreshold()),
        alert.getRaisedAt());
  }

  static io.waybill.avro.HealthSignal toAvro(HealthSignal signal) {
    if (signal instanceof HealthSignal.Backlog backlog) {
      return new io.waybill.avro.HealthSignal(
          BACKLOG,
          backlog.destinationId().value(),
          backlog.organizationId().value(),
          backlog.at(),
          backlog.type().word(),
          backlog.partition(),
          backlog.open(),
          "",
          0L,
          true,
          false,
          null,
          null,
          null);
    }
    var configured = (HealthSignal.Configured) signal;
    return new io.waybill.avro.HealthSignal(
        CONFIGURED,
        configured.destinationId().value(),
        configured.organizationId().value(),
        configured.at(),
        null,
        -1,
        0L,
        configured.label(),
        configured.version(),
        configured.enabled(),
        configured.deleted(),
        configured.switchedOff().map(Destination.SwitchedOff::at).orElse(null),
        configured.switchedOff().map(Destination.SwitchedOff::by).orElse(null),
        configured.switchedOff().flatMap(Destination.SwitchedOff::reason).orElse(null));
  }

  static HealthSignal toDomain(io.waybill.avro.HealthSignal signal) {
    DestinationId destination = new DestinationId(signal.getDestinationId());
    OrganizationId organization = new OrganizationId(signal.getOrganizationId());
    return switch (signal.getKind()) {
      case BACKLOG ->
          new HealthSignal.Backlog(
              destination,
              organization,
              TaskMapping.destinationType(required("destinationType", signal.getDestinationType())),
              signal.getPartition(),
              signal.getOpen(),
              signal.getAt());
      case CONFIGURED ->
          new HealthSignal.Configured(
              destination,
              organization,
              signal.getLabel(),
              signal.getVersion(),
              signal.getEnabled(),
              signal.getDeleted(),
              DestinationMapping.switchedOff(
                  signal.getDisabledAt(), signal.getDisabledBy(), signal.getDisabledReason()),
              signal.getAt());
      default -> throw new IllegalArgumentException("kind of signal is not known");
    };
  }

  private static String required(String field, @Nullable String value) {
    if (value == null) {
      throw new IllegalArgumentException(field + " is missing");
    }
    return value;
  }

  private static @Nullable Double number(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  private static OptionalDouble number(@Nullable Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
