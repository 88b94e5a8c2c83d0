package io.waybill.app.cli;

import picocli.CommandLine.Option;

/**
 * {@code --output} of commands whose results have ids: {@code table}, {@code json} or {@code id}.
 */
final class OutputOption {
  @Option(
      names = {"-o", "--output"},
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Output output;

  /** Prints a table unless something else is asked for. */
  OutputOption() {
    this(Output.TABLE);
  }

  OutputOption(Output unlessAsked) {
    this.output = unlessAsked;
  }

  Output get() {
    return output;
  }
}
