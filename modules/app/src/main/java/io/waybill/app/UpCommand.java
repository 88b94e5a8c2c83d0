package io.waybill.app;

import io.waybill.guard.Cidr;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code waybill up}: everything embedded, until it is stopped. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
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

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<Cidr> allowed = allowCidrs.stream().map(Cidr::parse).toList();
    CountDownLatch stopped = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("waybill-stop")
                .unstarted(
                    () -> {
                      stopped.countDown();
                      awaitQuietly(closed);
                    }));
    EmbeddedDefault embedded =
        new EmbeddedDefault(dataDir, kafkaPort, registryPort, httpPort, allowed);
    try (embedded) {
      EmbeddedDefault.Started started = embedded.start();
      if (started.keysetIsNew()) {
        err.println(
            "A development keyset was made: " + started.endpoint().keyset()
                + ". It seals all credentials in this data folder; keep it with the folder, and do"
                + " not use it in production.");
        err.flush();
      }
      Endpoint endpoint = started.endpoint();
      out.println(
          "ready kafka=" + endpoint.bootstrapServers()
              + " registry=" + endpoint.registryUrl()
              + " http=" + endpoint.httpUrl());
      out.flush();
      stopped.await();
    } finally {
      closed.countDown();
    }
    return 0;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
