package io.waybill.app.cli;

import io.waybill.domain.Alert;
import io.waybill.domain.AlertKind;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which alerts are meant. */
final class AlertFilter {
  @Option(names = "--org", paramLabel = "ORG", description = "Of this organization.")
  private Optional<OrganizationId> organization = Optional.empty();

  @Option(names = "--destination", paramLabel = "ID", description = "About this destination.")
  private Optional<DestinationId> destination = Optional.empty();

  @Option(
      names = "--kind",
      split = ",",
      paramLabel = "KIND",
      description = "Of one of these kinds, for example failure-rate,disabled.")
  private List<AlertKind> kinds = new ArrayList<>();

  boolean matches(Alert alert) {
    return organization.map(alert.organizationId()::equals).orElse(true)
        && destination.map(alert.destinationId()::equals).orElse(true)
        && (kinds.isEmpty() || kinds.contains(alert.kind()));
  }
}
