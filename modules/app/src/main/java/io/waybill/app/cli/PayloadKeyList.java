package io.waybill.app.cli;

import io.waybill.domain.OrganizationId;
import io.waybill.secrets.PayloadKeys;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill keys payload list}. */
@Command(name = "list", description = "Organizations that have a payload key, and which one seals.")
final class PayloadKeyList extends LocalCommand {
  @Option(
      names = "--payload-keys",
      required = true,
      paramLabel = "FILE",
      description = "The file of payload keys.")
  private Path file = Path.of("payload-keys.json");

  PayloadKeyList(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    PayloadKeys keys = PayloadKeys.load(resolve(file));
    TextTable table = new TextTable("ORGANIZATION", "KEY");
    for (String name : keys.organizations()) {
      table.row(name, keys.keyId(new OrganizationId(name)).orElse(""));
    }
    table.print(out());
    out().flush();
    return ExitCodes.OK;
  }
}
