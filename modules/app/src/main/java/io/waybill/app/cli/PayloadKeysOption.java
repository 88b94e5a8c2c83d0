package io.waybill.app.cli;

import io.waybill.domain.OrganizationId;
import io.waybill.secrets.PayloadKeyFile;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which file of payload keys, and whose key in it. */
final class PayloadKeysOption {
  @Option(
      names = "--payload-keys",
      required = true,
      paramLabel = "FILE",
      description = "The file of payload keys.")
  private Path file = Path.of("payload-keys.json");

  @Option(
      names = {"--org", "--organization"},
      required = true,
      paramLabel = "ORG",
      description = "The organization whose payloads the key seals.")
  private Optional<OrganizationId> organization = Optional.empty();

  PayloadKeyFile file(Environment environment) {
    return new PayloadKeyFile(environment.resolve(file));
  }

  OrganizationId organization() {
    return organization.orElseThrow();
  }
}
