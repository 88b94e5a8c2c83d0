package io.waybill.app.cli;

import io.waybill.secrets.Keyset;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill keys init}. */
@Command(
    name = "init",
    description = {
      "Make the keyset of a new installation: the keys that seal all credentials.",
      "The file is readable by its owner only and never overwritten. Back it up: what is sealed"
          + " with lost keys stays sealed."
    })
final class KeysInit extends LocalCommand {
  @Option(
      names = "--keyset",
      required = true,
      paramLabel = "FILE",
      description = "The new file; its folder is made when it is missing.")
  private Path keyset = Path.of("keyset.json");

  @Option(
      names = "--wrap-with",
      paramLabel = "KEY_URI",
      description =
          "Encrypt the file with this key of a key-management service (aws-kms://...). Needs the"
              + " service's client on the class path; Waybill ships none.")
  private Optional<String> keyUri = Optional.empty();

  @Mixin private final FormOption output = new FormOption();

  KeysInit(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    Keyset made = Keyset.generate();
    Path file = resolve(keyset);
    keyUri.ifPresentOrElse(uri -> made.saveWrapped(file, uri), () -> made.save(file));
    output.print(
        out(),
        () -> Json.object().put("keyset", file.toString()).put("keyId", made.primaryKeyId()),
        () -> out().println("made " + file + " with the key " + made.primaryKeyId()));
    return ExitCodes.OK;
  }
}
