package io.waybill.app;

import io.waybill.app.cli.ExitCodes;
import io.waybill.guard.Cidr;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code waybill up}: everything embedded, until it is stopped. */
@Command(
    name = "up",
    description = {
      "Runs everything in one process: the broker, a schema registry and all roles.",
      "Prints one line beginning with 'ready' when it takes work, and stays up until it is stopped."
          + " Other commands find it through the data folder."
    })
public final class UpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = ".waybill",
      description = "Folder that holds everything (default: ${DEFAULT-VALUE}).")
  private Path dataDir;

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of the broker on loopback; 0 takes a free one (default).")
  private int kafkaPort;

  @Option(
      names = "--registry-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of the schema registry on loopback; 0 takes a free one (default).")
  private int registryPort;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of the health endpoints on loopback; 0 takes a free one (default).")
  private int httpPort;

  @Option(
      names = "--allow-cidr",
      paramLabel = "CIDR",
      description =
          "Network that receivers may be in although the address guard denies it, for example"
              + " 127.0.0.0/8; may be given several times.")
  private List<String> allowCidrs = new ArrayList<>();

  @Option(
      names = "--allow-unencrypted-smtp",
      paramLabel = "HOST",
      description =
          "Mail server, as destinations name it, where TLS may be missing: mails and passwords then"
              + " travel in clear. May be given several times.")
  private Set<String> unencryptedSmtp = new HashSet<>();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<Cidr> allowed = Startup.explained(() -> allowCidrs.stream().map(Cidr::parse).toList());
    // Closed last, when the broker is down.
    try (StopSignal stop = new StopSignal();
        EmbeddedDefault embedded =
            new EmbeddedDefault(
                dataDir,
                kafkaPort,
                registryPort,
                httpPort,
                allowed,
                Sending.defaults().allowingUnencryptedSmtp(unencryptedSmtp))) {
      EmbeddedDefault.Started started = Startup.explained(embedded::start);
      if (started.keysetIsNew()) {
        err.println(
            "A development keyset was made: "
                + started.endpoint().keyset()
                + ". It seals all credentials in this data folder; keep it with the folder, and do"
                + " not use it in production.");
        err.flush();
      }
      EmbeddedEndpoint endpoint = started.endpoint();
      out.println(
          "ready kafka="
              + endpoint.bootstrapServers()
              + " registry="
              + endpoint.registryUrl()
              + " http="
              + endpoint.httpUrl());
      out.flush();
      stop.await();
    }
    return ExitCodes.OK;
  }
}
