package io.waybill.app.cli;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;

/** Puts the command line together. */
public final class Commands {
  private Commands() {}

  /**
   * The commands of this package and those that {@link ServiceLoader} finds, for a process that
   * does other things too: its logging is left alone.
   */
  public static CommandLine commandLine() {
    return commandLine(Environment.ofProcess(verbose -> {}), List.of(), Optional.empty());
  }

  /**
   * The same for a process that is nothing but one command; logging is set up as a command wants.
   *
   * @param others further commands beside those that {@link ServiceLoader} finds
   * @param tester tries the way to destinations
   * @param cleaner removes objects whose day has come
   */
  public static CommandLine ofProcess(
      List<CommandProvider> others, ConnectionTester tester, ObjectCleaner cleaner) {
    return commandLine(
        Environment.ofProcess(CliLogging::apply),
        others,
        Optional.of(tester),
        Optional.of(cleaner));
  }

  static CommandLine commandLine(
      Environment environment, List<CommandProvider> others, Optional<ConnectionTester> tester) {
    return commandLine(environment, others, tester, Optional.empty());
  }

  static CommandLine commandLine(
      Environment environment,
      List<CommandProvider> others,
      Optional<ConnectionTester> tester,
      Optional<ObjectCleaner> cleaner) {
    CommandLine root = new CommandLine(new RootCommand());
    root.addSubcommand(new CommandLine(new Deliver(environment)));
    root.addSubcommand(new CommandLine(new Status(environment)));
    CommandLine destinations =
        group("destinations", "Create, change, show and test destinations.")
            .addSubcommand(new DestinationsApply(environment))
            .addSubcommand(new DestinationsList(environment))
            .addSubcommand(new DestinationsGet(environment))
            .addSubcommand(new DestinationsDelete(environment))
            .addSubcommand(new DestinationsEnable(environment))
            .addSubcommand(new DestinationsDisable(environment))
            .addSubcommand(new DestinationsSetDefault(environment))
            .addSubcommand(new DestinationsRotateSecret(environment));
    tester.ifPresent(
        each -> destinations.addSubcommand(new DestinationsTestConnection(environment, each)));
    root.addSubcommand(destinations);
    root.addSubcommand(
        group("pause", "Let nothing be sent to a destination, of an organization or of a type.")
            .addSubcommand(new PauseDestination(environment, PauseChange.Verb.PAUSE))
            .addSubcommand(new PauseOrganization(environment, PauseChange.Verb.PAUSE))
            .addSubcommand(new PauseType(environment, PauseChange.Verb.PAUSE))
            .addSubcommand(new PauseList(environment)));
    root.addSubcommand(
        group("resume", "Go on with what was paused.")
            .addSubcommand(resume(new PauseDestination(environment, PauseChange.Verb.RESUME)))
            .addSubcommand(resume(new PauseOrganization(environment, PauseChange.Verb.RESUME)))
            .addSubcommand(resume(new PauseType(environment, PauseChange.Verb.RESUME))));
    root.addSubcommand(
        group("deliveries", "List deliveries, cancel them, or try failed ones again.")
            .addSubcommand(new DeliveriesList(environment))
            .addSubcommand(new DeliveriesCancel(environment))
            .addSubcommand(new DeliveriesRetry(environment)));
    root.addSubcommand(
        group("dead-letters", "Show and replay what will not be tried again by itself.")
            .addSubcommand(new DeadLettersList(environment))
            .addSubcommand(new DeadLettersShow(environment))
            .addSubcommand(new DeadLettersReplay(environment)));
    root.addSubcommand(
        group("health", "Show how well destinations take their tasks.")
            .addSubcommand(new HealthList(environment)));
    root.addSubcommand(
        group("alerts", "Show what a person should look at.")
            .addSubcommand(new AlertsList(environment))
            .addSubcommand(new AlertsFollow(environment)));
    root.addSubcommand(
        group("keys", "Make and change the keys that credentials are sealed with.")
            .addSubcommand(new KeysInit(environment))
            .addSubcommand(new KeysRotate(environment))
            .addSubcommand(new KeysReseal(environment))
            .addSubcommand(
                group(
                        "payload",
                        "Make, hand out and destroy the keys that payloads are sealed with.")
                    .addSubcommand(new PayloadKeyCreate(environment))
                    .addSubcommand(new PayloadKeyRotate(environment))
                    .addSubcommand(new PayloadKeyList(environment))
                    .addSubcommand(new PayloadKeyExport(environment))
                    .addSubcommand(new PayloadKeyDestroy(environment))));
    cleaner.ifPresent(each ->
        root.addSubcommand(
            group("storage", "Look after what storage destinations wrote.")
                .addSubcommand(new StorageCleanUp(environment, each))));
    root.addSubcommand(new Top(environment));
    root.addSubcommand(new SchemaCommand(environment));
    root.addSubcommand(new Completion(environment));
    others.forEach(other -> root.addSubcommand(other.name(), other.command()));
    ServiceLoader.load(CommandProvider.class)
        .forEach(other -> root.addSubcommand(other.name(), other.command()));
    complete(root, new RootCommand.Version());
    Failures failures = new Failures();
    root.setExecutionExceptionHandler(failures);
    root.setParameterExceptionHandler(failures);
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setColorScheme(
        CommandLine.Help.defaultColorScheme(environment.interactive() ? Ansi.ON : Ansi.OFF));
    Converters.register(root);
    return root;
  }

  /** Gives every command what the root has; picocli hands on only what stands in annotations. */
  private static void complete(CommandLine command, IVersionProvider version) {
    CommandSpec spec = command.getCommandSpec();
    if (!spec.mixinStandardHelpOptions()) {
      spec.mixinStandardHelpOptions(true);
    }
    if (spec.versionProvider() == null) {
      spec.versionProvider(version);
    }
    spec.usageMessage().autoWidth(true);
    command.getSubcommands().values().forEach(child -> complete(child, version));
  }

  private static CommandLine resume(PauseChange change) {
    CommandLine command = new CommandLine(change);
    CommandSpec spec = command.getCommandSpec();
    spec.remove(spec.findOption(PauseChange.REASON));
    return command;
  }

  private static CommandLine group(String name, String description) {
    CommandLine group = new CommandLine(new GroupCommand());
    group.getCommandSpec().name(name).usageMessage().description(description);
    return group;
  }
}
