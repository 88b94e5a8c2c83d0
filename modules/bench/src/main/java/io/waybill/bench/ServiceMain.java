package io.waybill.bench;

import io.waybill.app.Role;
import io.waybill.app.Sending;
import io.waybill.app.WaybillConfig;
import io.waybill.app.WaybillProcess;
import io.waybill.guard.Cidr;
import io.waybill.sender.LaneLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Roles of the service, wired as they ship, as a process of the benchmark. */
final class ServiceMain {
  /** In place of a limit: the usual one. */
  private static final String USUAL = "usual";

  private ServiceMain() {}

  /**
   * Starts one.
   *
   * @param name of the process, and of its state
   * @param lane limits of each destination, if not the usual ones
   */
  static Child start(
      Lab lab,
      Installation at,
      Options options,
      String name,
      Set<Role> roles,
      Optional<LaneLimits> lane) {
    return lab.startSubject(
        name,
        ServiceMain.class,
        at.bootstrapServers(),
        at.registryUrl(),
        lab.keyset().toString(),
        lab.place(Lab.DATA + "-of-" + name).toString(),
        Integer.toString(options.partitions()),
        String.join(",", roles.stream().sorted().map(Role::word).toList()),
        lane.map(limits -> Integer.toString(limits.inFlight())).orElse(USUAL),
        lane.map(limits -> Double.toString(limits.perSecond())).orElse(USUAL));
  }

  /**
   * {@code args}: bootstrap servers, registry URL, keyset file, state folder, partitions, roles;
   * then sends under way and sends per second of each destination, or {@code usual} for both. Ready
   * when its roles are.
   */
  public static void main(String[] args) throws IOException {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    Arrays.stream(args[5].split(",", -1)).map(Role::parse).forEach(roles::add);
    WaybillConfig config =
        new WaybillConfig(
            roles,
            Map.of("bootstrap.servers", args[0]),
            Map.of("schema.registry.url", args[1]),
            Path.of(args[2]),
            Path.of(args[3]),
            "bench",
            Integer.parseInt(args[4]),
            List.of(Cidr.parse("127.0.0.0/8")),
            0,
            args[6].equals(USUAL)
                ? Sending.defaults()
                : sending(Integer.parseInt(args[6]), Double.parseDouble(args[7])));
    try (WaybillProcess process = new WaybillProcess(config, WaybillProcess.Topics.REQUIRE)) {
      process.start();
      process.awaitReady();
      Orders.serve("ready", Orders::unknown);
    }
    System.exit(0);
  }

  /** As {@code sender.perDestination} in the configuration file. */
  private static Sending sending(int inFlight, double perSecond) {
    Sending usual = Sending.defaults();
    LaneLimits lane = usual.limits().lane().with(inFlight, perSecond);
    return new Sending(
        usual.retry(),
        usual.circuitBreaker(),
        usual.unencryptedSmtp(),
        usual.platformCredentials(),
        usual.egressProxy(),
        usual.allowedPorts(),
        usual.payloadKeys(),
        usual.limits().with(usual.limits().inFlight(), lane),
        usual.mailEndpoints());
  }
}
