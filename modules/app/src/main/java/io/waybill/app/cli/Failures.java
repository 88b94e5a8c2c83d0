package io.waybill.app.cli;

import io.waybill.client.plan.PlanException;
import io.waybill.secrets.KeysetException;
import io.waybill.wire.RegistryException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says on the error output what went wrong, and gives the exit code for it. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    boolean verbose = RootCommand.isVerbose(command.getCommandSpec().root());
    int exitCode = report(e, verbose, err);
    if (verbose) {
      e.printStackTrace(err);
    }
    err.flush();
    return exitCode;
  }

  private static int report(Exception e, boolean verbose, PrintWriter err) {
    if (e instanceof CliException known) {
      err.println("waybill: " + known.getMessage());
      return known.exitCode();
    }
    if (e instanceof PlanException) {
      err.println("waybill: " + TextTable.plain(String.valueOf(e.getMessage())));
      return ExitCodes.USAGE;
    }
    if (e instanceof RegistryException registry) {
      err.println("waybill: " + registry.getMessage());
      return registry instanceof RegistryException.Unavailable
          ? ExitCodes.UNREACHABLE
          : ExitCodes.FAILED;
    }
    if (e instanceof KeysetException) {
      err.println("waybill: " + e.getMessage());
      return ExitCodes.USAGE;
    }
    err.println("waybill: failed unexpectedly: " + Messages.of(e));
    if (!verbose) {
      err.println("Run it again with --verbose to see where, and report it.");
    }
    return ExitCodes.FAILED;
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("waybill: " + TextTable.plain(String.valueOf(e.getMessage())));
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try `" + command.getCommandSpec().qualifiedName() + " --help`.");
    err.flush();
    return ExitCodes.USAGE;
  }
}
