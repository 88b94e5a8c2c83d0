package io.waybill.app.cli;

import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill completion}. */
@Command(
    name = "completion",
    description = {
      "Print the script that lets a shell complete commands, options and their values.",
      "For this shell: source <(waybill completion bash). For all to come, write it into a file that"
          + " the shell reads when it starts; docs/cli.md says which."
    })
final class Completion extends LocalCommand {
  /** Shells that understand the script; zsh by its bashcompinit, which the script calls. */
  enum Shell {
    BASH,
    ZSH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
  @SuppressWarnings("UnusedVariable") // one script serves both; another shell is refused
  private Shell shell = Shell.BASH;

  Completion(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    out().print(AutoComplete.bash(program().getCommandName(), program()));
    out().flush();
    return ExitCodes.OK;
  }
}
