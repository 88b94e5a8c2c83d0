package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.secrets.Keyset;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Mixin private final FormOption output = new FormOption();

  KeysRotate(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    Path file = resolve(keyset);
    Keyset rotated = Keyset.rotate(file);
    output.print(
        out(),
        () -> json(file, rotated),
        () ->
            out()
                .println(
                    file
                        + " has "
                        + rotated.keyIds().size()
                        + " keys; "
                        + rotated.primaryKeyId()
                        + " seals from now on"));
    return ExitCodes.OK;
  }

  private static ObjectNode json(Path file, Keyset rotated) {
    ObjectNode json =
        Json.object().put("keyset", file.toString()).put("keyId", rotated.primaryKeyId());
    rotated.keyIds().forEach(json.putArray("keyIds")::add);
    return json;
  }
}
