package io.waybill.app.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill keys payload export}. */
@Command(
    name = "export",
    description = {
      "Write a file with the keys of one organization, for whoever publishes its requests.",
      "It is readable by its owner only, and never overwritten."
    })
final class PayloadKeyExport extends LocalCommand {
  @Mixin private final PayloadKeysOption keys = new PayloadKeysOption();

  @Option(names = "--to", required = true, paramLabel = "FILE", description = "The new file.")
  private Path target = Path.of("exported.json");

  PayloadKeyExport(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    keys.file(environment()).export(keys.organization(), resolve(target));
    out().println("wrote " + resolve(target));
    out().flush();
    return ExitCodes.OK;
  }
}
