package io.waybill.soak;

import io.waybill.app.Role;
import io.waybill.secrets.Keyset;
import io.waybill.testkit.ChildJvm;
import io.waybill.testkit.FaultProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A whole Waybill, each part a process as an operator starts it, and its receivers. */
final class Installation implements AutoCloseable {
  private static final int PARTITIONS = 3;
  private static final Duration TOPICS_WITHIN = Duration.ofMinutes(2);
  private static final Pattern READY = Pattern.compile("^ready ");

  private final RunFiles files;
  private final Cluster cluster;
  private final Path keyset;
  private final Receivers receivers;
  private final Map<String, Part> parts = new TreeMap<>();

  private Installation(RunFiles files, int brokers) {
    this.files = files;
    keyset = files.folder().resolve("keyset.json");
    cluster = new Cluster(files, brokers);
    receivers = new Receivers(files);
    Roster.ROLES.forEach((name, roles) -> parts.put(name, part(name, roles)));
  }

  /** Starts everything and returns when all of it is ready and the destinations are there. */
  static Installation start(RunFiles files, int brokers) {
    Installation installation = new Installation(files, brokers);
    try {
      installation.startAll();
      return installation;
    } catch (RuntimeException | AssertionError e) {
      installation.close();
      throw new SoakException("the installation does not start: " + e.getMessage(), e);
    }
  }

  private void startAll() {
    var _ = Keyset.loadOrCreateDevelopment(keyset);
    cluster.start();
    applyTopics();
    // In turn: side by side they would only take the machine's time from each other.
    parts.values().forEach(Part::startAgain);
    Destinations.create(cluster, receivers, keyset);
  }

  private void applyTopics() {
    Path config = config("topics", cluster.bootstrapServers());
    ChildJvm apply =
        Children.startWaybill(
            files,
            "topics-apply",
            List.of("-Xmx256m"),
            "topics",
            "apply",
            "--config",
            config.toString(),
            "--replication-factor",
            Integer.toString(cluster.size()));
    int code = apply.awaitExit(TOPICS_WITHIN);
    if (code != 0) {
      throw new SoakException(
          "topics apply ended with " + code + ": " + String.join("\n", apply.lines()));
    }
  }

  private Part part(String name, List<Role> roles) {
    String words = roles.stream().map(Role::word).collect(Collectors.joining(","));
    String bootstrap =
        name.equals(Roster.WEBHOOK_2)
            ? cluster.proxiedBootstrapServers()
            : cluster.bootstrapServers();
    Path config = config(name, bootstrap);
    return new Part(
        name,
        READY,
        start ->
            Children.startWaybill(
                files,
                name + "-" + start,
                List.of("-Xmx384m"),
                "run",
                "--config",
                config.toString(),
                "--roles",
                words));
  }

  private Path config(String name, String bootstrap) {
    try {
      return Files.writeString(
          files.folder().resolve(name + ".yaml"),
          """
          profile: %s
          kafka:
            bootstrap.servers: %s
          schemaRegistry:
            schema.registry.url: %s
          keyset: %s
          stateDirectory: %s
          instance: %s
          partitions: %d
          allowCidrs: [127.0.0.0/8]
          httpPort: 0
          circuitBreaker: {resetTimeout: 3000}
          email: {allowUnencrypted: [127.0.0.1]}
          """
              .formatted(
                  cluster.size() == 1 ? "development" : "production",
                  bootstrap,
                  cluster.registryUrl(),
                  keyset,
                  files.folder().resolve("state-" + name),
                  name,
                  PARTITIONS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Cluster cluster() {
    return cluster;
  }

  Receivers receivers() {
    return receivers;
  }

  /** Waybill's own processes. */
  List<Part> parts() {
    return List.copyOf(parts.values());
  }

  /** A process by the name that a schedule has. */
  Part part(String name) {
    Part part = name.equals(Roster.REGISTRY) ? cluster.registry() : parts.get(name);
    if (part == null) {
      throw new SoakException("there is no process " + name);
    }
    return part;
  }

  /** The proxies that make up a link. */
  List<FaultProxy> link(String name) {
    return name.equals(Roster.KAFKA_LINK) ? cluster.proxies() : List.of(receivers.link(name));
  }

  /** Every process that is to run. */
  List<Part> all() {
    List<Part> all = new ArrayList<>(parts.values());
    all.add(cluster.registry());
    all.addAll(cluster.brokers());
    return all;
  }

  /** Every link passes everything. */
  void healLinks() {
    for (String name :
        List.of(
            Roster.HTTP_LINK,
            Roster.MORTAL_LINK,
            Roster.SMTP_LINK,
            Roster.S3_LINK,
            Roster.KAFKA_LINK)) {
      link(name).forEach(FaultProxy::heal);
    }
  }

  /** Ends every process of Waybill, and leaves brokers and registry to whoever judges. */
  void endParts() {
    parts.values().forEach(Part::end);
  }

  @Override
  public void close() {
    endParts();
    receivers.close();
    cluster.close();
  }
}
