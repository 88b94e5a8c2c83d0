package io.waybill.app.cli;

import io.waybill.wire.FormatSchemas;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill schema}. */
@Command(
    name = "schema",
    description = {
      "Print the JSON Schema of the files that `destinations apply` and `deliver` take.",
      "Editors check and complete such files with it."
    })
final class SchemaCommand extends LocalCommand {
  /** Whose schema. */
  enum Format {
    DESTINATION,
    REQUEST
  }

  @Parameters(paramLabel = "FORMAT", description = "${COMPLETION-CANDIDATES}, case aside.")
  private Format format = Format.DESTINATION;

  SchemaCommand(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    out()
        .print(
            switch (format) {
              case DESTINATION -> FormatSchemas.destination();
              case REQUEST -> FormatSchemas.request();
            });
    out().flush();
    return ExitCodes.OK;
  }
}
