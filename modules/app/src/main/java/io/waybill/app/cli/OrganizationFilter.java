package io.waybill.app.cli;

import io.waybill.domain.OrganizationId;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --org} of commands that list: only what belongs to one organization. */
final class OrganizationFilter {
  @Option(names = "--org", paramLabel = "ORG", description = "Of this organization only.")
  private Optional<OrganizationId> organization = Optional.empty();

  /** The organization, when only one is wanted. */
  Optional<OrganizationId> organization() {
    return organization;
  }

  /** Whether what belongs to {@code owner} is wanted. */
  boolean lets(OrganizationId owner) {
    return organization.map(owner::equals).orElse(true);
  }

  /** The same where the owner may be unknown: what is nobody's is wanted only without a filter. */
  boolean lets(Optional<OrganizationId> owner) {
    return organization.isEmpty() || owner.equals(organization);
  }
}
