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

  @Mixin private final FormOption output = new FormOption();

  PayloadKeyExport(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    Path file = resolve(target);
    keys.file(environment()).export(keys.organization(), file);
    output.print(
        out(),
        () ->
            Json.object()
                .put("organizationId", keys.organization().value())
                .put("file", file.toString()),
        () -> out().println("wrote " + file));
    return ExitCodes.OK;
  }
}
