package io.waybill.app.cli;

import io.waybill.secrets.Keyset;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill keys rotate}. */
@Command(
    name = "rotate",
    description = {
      "Add a key to the keyset: it seals from now on, the older ones still open.",
      "Senders take the changed file up within seconds, without a restart. `waybill keys reseal`"
          + " then moves what older keys sealed."
    })
final class KeysRotate extends LocalCommand {
  @Option(
      names = "--keyset",
      required = true,
      paramLabel = "FILE",
      description = "The keyset; it is replaced whole or not at all.")
  private Path keyset = Path.of("keyset.json");

  KeysRotate(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    Path file = resolve(keyset);
    Keyset rotated = Keyset.rotate(file);
    out()
        .println(
            file
                + " has "
                + rotated.keyIds().size()
                + " keys; "
                + rotated.primaryKeyId()
                + " seals from now on");
    out().flush();
    return ExitCodes.OK;
  }
}
