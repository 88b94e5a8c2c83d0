package io.waybill.app.cli;

import io.waybill.domain.OrganizationId;
import io.waybill.domain.PauseScope;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill pause organization} and {@code waybill resume organization}. */
@Command(name = "organization", description = "All tasks of one organization.")
final class PauseOrganization extends PauseChange {
  @Parameters(paramLabel = "ORG", description = "The organization's id.")
  private Optional<OrganizationId> organization = Optional.empty();

  PauseOrganization(Environment environment, Verb verb) {
    super(environment, verb);
  }

  @Override
  PauseScope scope(Connection connection, Pauses pauses) {
    return new PauseScope.OfOrganization(
        organization.orElseThrow(() -> wrongUsage("ORG is missing")));
  }
}
