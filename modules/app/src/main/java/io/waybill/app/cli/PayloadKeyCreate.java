package io.waybill.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code waybill keys payload create}. */
@Command(
    name = "create",
    description = {
      "Give an organization a key for its payloads; the file is made when there is none.",
      "Processes that use the file take the key up within seconds."
    })
final class PayloadKeyCreate extends LocalCommand {
  @Mixin private final PayloadKeysOption keys = new PayloadKeysOption();

  @Mixin private final FormOption output = new FormOption();

  PayloadKeyCreate(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    String id = keys.file(environment()).create(keys.organization());
    output.print(
        out(),
        () -> Json.object().put("organizationId", keys.organization().value()).put("keyId", id),
        () ->
            out()
                .println(
                    "key "
                        + id
                        + " seals the payloads of "
                        + keys.organization()
                        + " from now on"));
    return ExitCodes.OK;
  }
}
