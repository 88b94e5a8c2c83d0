package io.waybill.app.cli;

import io.waybill.domain.OrganizationId;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --org} of commands whose files name the organization: a file of another is a mistake. */
final class FileOwnerOption {
  @Option(
      names = "--org",
      paramLabel = "ORG",
      description = "Refuse files of another organization than this.")
  private Optional<OrganizationId> organization = Optional.empty();

  /**
   * Looks at what a file says.
   *
   * @param what for people: {@code the request in r.json}
   * @throws CliException when it is another organization's
   */
  void check(OrganizationId owner, String what) {
    organization
        .filter(expected -> !expected.equals(owner))
        .ifPresent(expected -> {
          throw CliException.usage(
              what
                  + " is of organization "
                  + owner
                  + ", and --org says "
                  + expected
                  + ". Nothing was published");
        });
  }
}
