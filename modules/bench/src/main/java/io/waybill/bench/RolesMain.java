package io.waybill.bench;

import io.waybill.app.ConfigFile;
import io.waybill.app.Role;
import io.waybill.app.WaybillProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Roles as a process of the benchmark: what {@code waybill run} runs, started and stopped often.
 */
final class RolesMain implements Subject {
  /** For topics, stores and groups, on a machine that may be busy with other work. */
  static final Duration STARTED_WITHIN = Duration.ofMinutes(3);

  private final Path configFile;
  private @Nullable WaybillProcess process;

  private RolesMain(Path configFile) {
    this.configFile = configFile;
  }

  /** {@code args}: the configuration file. */
  public static void main(String[] args) throws IOException {
    RolesMain roles = new RolesMain(Path.of(args[0]));
    Orders.serve("ready", order -> Subject.obey(roles, order));
    System.exit(0);
  }

  /**
   * Starts the process, whose roles wait for the order to start.
   *
   * @param settings further lines of the configuration file
   */
  static Child start(Lab lab, Options options, String name, Set<Role> roles, String settings) {
    Path folder = lab.keyset().toAbsolutePath().getParent();
    if (folder == null) {
      throw new IllegalStateException("the keyset is in no folder");
    }
    String config =
        """
        profile: development
        roles: [%s]
        kafka:
          bootstrap.servers: %s
        schemaRegistry:
          schema.registry.url: %s
        keyset: %s
        stateDirectory: %s
        instance: bench
        partitions: %d
        allowCidrs: [127.0.0.0/8]
        httpPort: 0
        %s
        """
            .formatted(
                roles.stream().map(Role::word).sorted().collect(Collectors.joining(", ")),
                lab.bootstrapServers(),
                lab.registryUrl(),
                lab.keyset(),
                // Where `waybill up` has them.
                folder.resolve("data").resolve("streams"),
                options.partitions(),
                settings);
    Path file = folder.resolve(name + ".yaml");
    try {
      Files.writeString(file, config);
    } catch (IOException e) {
      throw new BenchException("the configuration " + file + " could not be written", e);
    }
    return lab.startSubject(name, RolesMain.class, file.toString());
  }

  /** Returns when all roles take work. */
  @Override
  public void start() {
    // The laboratory has topics of one type only; the others' are made here.
    WaybillProcess next =
        new WaybillProcess(ConfigFile.read(configFile), WaybillProcess.Topics.CREATE);
    process = next;
    next.start();
    next.awaitReady();
  }

  @Override
  public void stop() {
    WaybillProcess running = process;
    if (running == null) {
      throw new IllegalStateException("the roles do not run");
    }
    running.close();
    process = null;
  }
}
