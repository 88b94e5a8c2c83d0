package io.waybill.app;

import io.waybill.app.cli.ExitCodes;
import io.waybill.wire.HttpSchemaRegistry;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code waybill run}: roles on an existing Kafka. */
@Command(
    name = "run",
    description = {
      "Runs roles on an existing Kafka, until it is stopped.",
      "The configuration file is described in docs/configuration.md."
    })
public final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The configuration, YAML.")
  private Path configFile;

  @Option(
      names = "--roles",
      paramLabel = "ROLE",
      split = ",",
      description =
          "Only these of the configured roles, separated by commas: destinations, fan-out, timer,"
              + " status, sender-webhook.")
  private List<String> roles = new ArrayList<>();

  @Override
  public Integer call() throws InterruptedException {
    WaybillConfig config = Startup.explained(this::readConfig);
    config.telemetry().logFormat().apply();
    warnOfDevelopment(config.profile());
    // Closed last, when every role is down.
    try (StopSignal stop = new StopSignal();
        WaybillProcess process =
            Startup.explained(() -> new WaybillProcess(config, WaybillProcess.Topics.REQUIRE))) {
      Startup.explained(() -> {
        process.start();
        process.awaitReady();
        return process;
      });
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          "ready kafka="
              + config.kafka().get("bootstrap.servers")
              + " registry="
              + registries(config)
              + " http="
              + process.httpUrl());
      out.flush();
      stop.await();
    }
    return ExitCodes.OK;
  }

  private void warnOfDevelopment(Profile profile) {
    if (profile == Profile.DEVELOPMENT) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(
          "profile development: brokers and topics are taken as they are. What they lose is lost,"
              + " acknowledged requests, statuses and credentials included; this is no installation"
              + " to rely on. With `profile: production` nothing starts on brokers that keep less"
              + " than is promised.");
      err.flush();
    }
  }

  /** As configured, but for a password in a URL. */
  private static String registries(WaybillConfig config) {
    return new HttpSchemaRegistry(config.schemaRegistry())
        .servers().stream().map(URI::toString).collect(Collectors.joining(","));
  }

  private WaybillConfig readConfig() {
    WaybillConfig config = ConfigFile.read(configFile);
    if (roles.isEmpty()) {
      return config;
    }
    Set<Role> chosen = EnumSet.noneOf(Role.class);
    roles.forEach(word -> chosen.add(Role.parse(word)));
    return config.withRoles(chosen);
  }
}
