package io.waybill.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code waybill} itself: the options that every command has. */
@Command(
    name = "waybill",
    description = "A Kafka-native delivery pipeline: one request, every destination, nothing lost.",
    mixinStandardHelpOptions = true,
    versionProvider = RootCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:what was asked for did not come about: refused, not found, failed, not in time",
      "2:the command line or an input file is wrong; nothing was published",
      "3:Kafka or the schema registry cannot be reached"
    })
final class RootCommand extends GroupCommand {
  private static final String VERBOSE = "--verbose";

  @Option(
      names = VERBOSE,
      scope = ScopeType.INHERIT,
      description = "On failure, also print the stack trace and what the clients log.")
  @SuppressWarnings("UnusedVariable") // read through the specification, by every command
  private boolean verbose;

  static boolean isVerbose(CommandSpec root) {
    OptionSpec option = root.findOption(VERBOSE);
    return option != null && Boolean.TRUE.equals(option.getValue());
  }

  /** The version that the build wrote into the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = RootCommand.class.getPackage().getImplementationVersion();
      return new String[] {"waybill " + (version == null ? "(development build)" : version)};
    }
  }
}
