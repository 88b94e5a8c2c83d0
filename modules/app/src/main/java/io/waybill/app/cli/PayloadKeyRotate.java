package io.waybill.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code waybill keys payload rotate}. */
@Command(
    name = "rotate",
    description = {
      "Add a key that seals the organization's payloads from now on; the older ones still open.",
      "Publishers seal with it when they have the file exported anew."
    })
final class PayloadKeyRotate extends LocalCommand {
  @Mixin private final PayloadKeysOption keys = new PayloadKeysOption();

  @Mixin private final FormOption output = new FormOption();

  PayloadKeyRotate(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    String id = keys.file(environment()).rotate(keys.organization());
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
