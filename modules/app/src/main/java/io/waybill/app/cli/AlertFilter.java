package io.waybill.app.cli;

import io.waybill.domain.Alert;
import io.waybill.domain.AlertKind;
import io.waybill.domain.DestinationId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which alerts are meant. */
final class AlertFilter {
  @Mixin private final OrganizationFilter organization = new OrganizationFilter();

  @Option(names = "--destination", paramLabel = "ID", description = "About this destination.")
  private Optional<DestinationId> destination = Optional.empty();

  @Option(
      names = "--kind",
      split = ",",
      paramLabel = "KIND",
      description = "Of one of these kinds, for example failure-rate,disabled.")
  private List<AlertKind> kinds = new ArrayList<>();

  boolean matches(Alert alert) {
    return organization.lets(alert.organizationId())
        && destination.map(alert.destinationId()::equals).orElse(true)
        && (kinds.isEmpty() || kinds.contains(alert.kind()));
  }
}
