package io.waybill.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill keys payload destroy}. */
@Command(
    name = "destroy",
    description = {
      "Destroy every payload key of an organization: what they sealed is unreadable for ever.",
      "That holds for every copy that Waybill has: tasks, retries, dead letters, stores. What is"
          + " still under way ends as dead letter payload-key-destroyed. Destroy exports and"
          + " backups of the file too."
    })
final class PayloadKeyDestroy extends LocalCommand {
  @Mixin private final PayloadKeysOption keys = new PayloadKeysOption();

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Mixin private final FormOption output = new FormOption();

  PayloadKeyDestroy(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    if (!yes && !environment().interactive()) {
      throw CliException.usage(
          "nothing was destroyed: this cannot be undone, so say --yes where nobody can be asked");
    }
    if (!yes
        && !environment()
            .confirm()
            .test(
                "Make every payload that "
                    + keys.organization()
                    + " ever sealed unreadable for ever?")) {
      throw CliException.failed("nothing was destroyed");
    }
    keys.file(environment()).destroy(keys.organization());
    output.print(
        out(),
        () ->
            Json.object()
                .put("organizationId", keys.organization().value())
                .put("result", "destroyed"),
        () -> out().println("the payload keys of " + keys.organization() + " are destroyed"));
    return ExitCodes.OK;
  }
}
