package io.waybill.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.app.ConfigFile.Read;
import io.waybill.app.cli.ExitCodes;
import io.waybill.app.cli.FormOption;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.PayloadKeys;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code waybill config}: looks at a configuration before something runs with it. */
@Command(
    name = "config",
    description = "Checks and shows a configuration.",
    subcommands = {ConfigCommand.Check.class, ConfigCommand.Show.class})
public final class ConfigCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** {@code waybill config check}. */
  @Command(
      name = "check",
      description = {
        "Names everything that is wrong with a configuration, the environment over it included.",
        "Exit code 2 when something is. Asks nobody else, unless --connect is given: then brokers,"
            + " topics and keys are looked at as `waybill run` would, and exit code 1 says that they keep"
            + " less than they must."
      })
  static final class Check implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private final FormOption output = new FormOption();

    @Option(
        names = "--config",
        paramLabel = "FILE",
        required = true,
        description = "The configuration, YAML.")
    private Path configFile;

    @Option(
        names = "--connect",
        description = "Look at brokers, topics and keys too; changes nothing.")
    private boolean connect;

    @Override
    public Integer call() {
      Read read;
      try {
        read = ConfigFile.readAll(configFile, System.getenv());
      } catch (ConfigException e) {
        print(e.problems(), List.of());
        spec.commandLine().getErr().println(e.getMessage());
        return ExitCodes.USAGE;
      } catch (IllegalArgumentException e) {
        print(List.of(new ConfigProblem("", String.valueOf(e.getMessage()))), List.of());
        spec.commandLine().getErr().println(e.getMessage());
        return ExitCodes.USAGE;
      }
      if (!connect) {
        print(List.of(), List.of());
        return ExitCodes.OK;
      }
      ClusterCheck.Report report = Startup.explained(() -> look(read.config()));
      print(List.of(), report.weaknesses());
      if (report.weaknesses().isEmpty()) {
        return ExitCodes.OK;
      }
      spec.commandLine().getErr().println(report.inWords(read.config().profile()));
      return ExitCodes.FAILED;
    }

    private static ClusterCheck.Report look(WaybillConfig config) {
      if (config.roles().stream().anyMatch(Role::isSender)) {
        // As senders open them: there is no start without.
        Keyset.load(config.keyset());
        config.sending().payloadKeys().ifPresent(PayloadKeys::load);
      }
      try (Admin admin = Admin.create(ClientSettings.shortAdmin(config.kafka()))) {
        return new ClusterCheck(admin, config).report();
      }
    }

    /** What is wrong goes to standard error in words; this is the answer. */
    private void print(List<ConfigProblem> problems, List<Weakness> weaknesses) {
      PrintWriter out = spec.commandLine().getOut();
      output.print(
          out,
          () -> json(problems, weaknesses),
          () -> {
            if (problems.isEmpty() && weaknesses.isEmpty()) {
              out.println(configFile + " is in order" + (connect ? ", and so is Kafka" : ""));
            }
          });
    }

    private static JsonNode json(List<ConfigProblem> problems, List<Weakness> weaknesses) {
      ObjectNode all = JsonNodeFactory.instance.objectNode();
      all.put("ok", problems.isEmpty() && weaknesses.isEmpty());
      ArrayNode wrong = all.putArray("problems");
      problems.forEach(
          problem -> wrong.addObject().put("key", problem.key()).put("problem", problem.text()));
      ArrayNode weak = all.putArray("weaknesses");
      weaknesses.forEach(weakness -> {
        ObjectNode one = weak.addObject();
        weakness.places().forEach(one.putArray("places")::add);
        one.put("setting", weakness.setting())
            .put("found", weakness.found())
            .put("wanted", weakness.wanted())
            .put("toDo", weakness.toDo());
      });
      return all;
    }
  }

  /** {@code waybill config show}. */
  @Command(
      name = "show",
      description = {
        "Shows the configuration as it holds: every key, and whether its value comes from the file,"
            + " the environment or is the default.",
        "Secrets are masked, and references stand as they are written."
      })
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private final FormOption output = new FormOption();

    @Option(
        names = "--config",
        paramLabel = "FILE",
        required = true,
        description = "The configuration, YAML.")
    private Path configFile;

    @Override
    public Integer call() {
      List<ConfigValue> values =
          Startup.explained(() -> ConfigFile.readAll(configFile, System.getenv())).values();
      PrintWriter out = spec.commandLine().getOut();
      output.print(out, () -> json(values), () -> print(values, out));
      return ExitCodes.OK;
    }

    private static void print(List<ConfigValue> values, PrintWriter out) {
      int keys = values.stream().mapToInt(value -> value.key().length()).max().orElse(0);
      int sources = values.stream().mapToInt(value -> source(value).length()).max().orElse(0);
      String line = "%-" + keys + "s  %-" + sources + "s  %s%n";
      values.forEach(value -> out.printf(line, value.key(), source(value), value.text()));
    }

    private static String source(ConfigValue value) {
      return value.variable().orElseGet(() -> value.source().toString());
    }

    private static JsonNode json(List<ConfigValue> values) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      for (ConfigValue value : values) {
        ObjectNode one =
            all.addObject()
                .put("key", value.key())
                .put("value", value.text())
                .put("source", value.source().toString());
        value.variable().ifPresent(name -> one.put("variable", name));
      }
      return all;
    }
  }
}
