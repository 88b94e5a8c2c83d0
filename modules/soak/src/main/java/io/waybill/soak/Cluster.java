package io.waybill.soak;

import io.waybill.testkit.FaultProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;

/**
 * The brokers of a run and its registry, each a process, on ports of this machine. Every broker has
 * a second listener that is reached through a {@link FaultProxy} only, for the one worker whose way
 * to Kafka is spoiled.
 */
final class Cluster implements AutoCloseable {
  private static final int ANSWER_WITHIN_SECONDS = 10;

  private static final List<String> OF_THREE =
      List.of(
          "default.replication.factor=3",
          "min.insync.replicas=2",
          "offsets.topic.replication.factor=3",
          "transaction.state.log.replication.factor=3",
          "transaction.state.log.min.isr=2",
          "share.coordinator.state.topic.replication.factor=3",
          "share.coordinator.state.topic.min.isr=2");

  private final RunFiles files;
  private final List<Node> nodes = new ArrayList<>();
  private final Part registry;
  private final int registryPort;

  private record Node(Part part, int port, FaultProxy proxy) {}

  /** Starts nothing yet; the folder may be that of an earlier run. */
  Cluster(RunFiles files, int brokers) {
    this.files = files;
    String clusterId = clusterId();
    // Two for each node's own listeners, one for the proxied one, and the registry's.
    List<Integer> ports = freePorts(3 * brokers + 1);
    registryPort = ports.get(3 * brokers);
    String voters =
        IntStream.range(0, brokers)
            .mapToObj(i -> (i + 1) + "@127.0.0.1:" + ports.get(3 * i + 2))
            .collect(Collectors.joining(","));
    for (int i = 0; i < brokers; i++) {
      nodes.add(node(i + 1, brokers, clusterId, voters, ports.subList(3 * i, 3 * i + 3)));
    }
    registry =
        new Part(
            Roster.REGISTRY,
            Pattern.compile("^" + RegistryMain.READY),
            start ->
                Children.start(
                    files,
                    "registry-" + start,
                    RegistryMain.class,
                    List.of("-Xmx128m"),
                    files.registry().toString(),
                    Integer.toString(registryPort)));
  }

  private String clusterId() {
    try {
      Files.createDirectories(files.brokers());
      var file = files.brokers().resolve("cluster-id");
      if (!Files.exists(file)) {
        Files.writeString(file, Uuid.randomUuid().toString());
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Node node(int id, int brokers, String clusterId, String voters, List<Integer> ports) {
    FaultProxy proxy = FaultProxy.to(ports.get(1), 0);
    List<String> args = new ArrayList<>();
    args.add(files.brokers().resolve("node-" + id).toString());
    args.add(clusterId);
    args.add(Integer.toString(id));
    args.add("controller.quorum.voters=" + voters);
    args.add(
        "listeners=PLAINTEXT://127.0.0.1:%d,PROXIED://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
            .formatted(ports.get(0), ports.get(1), ports.get(2)));
    args.add(
        "advertised.listeners=PLAINTEXT://127.0.0.1:%d,PROXIED://127.0.0.1:%d"
            .formatted(ports.get(0), proxy.port()));
    args.add(
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT");
    args.add("inter.broker.listener.name=PLAINTEXT");
    if (brokers > 1) {
      args.addAll(OF_THREE);
    }
    Part part =
        new Part(
            "broker-" + id,
            Pattern.compile("^" + NodeMain.READY),
            start ->
                Children.start(
                    files,
                    "broker-" + id + "-" + start,
                    NodeMain.class,
                    List.of("-Xmx768m"),
                    args.toArray(new String[0])));
    return new Node(part, ports.get(0), proxy);
  }

  /** All free at the same time. */
  private static List<Integer> freePorts(int count) {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      List<Integer> ports = held.stream().map(ServerSocket::getLocalPort).toList();
      for (ServerSocket socket : held) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException("no free ports", e);
    }
  }

  void start() {
    nodes.forEach(node -> node.part().launch());
    registry.launch();
    nodes.forEach(node -> node.part().awaitReady());
    registry.awaitReady();
  }

  String bootstrapServers() {
    return nodes.stream().map(node -> "127.0.0.1:" + node.port()).collect(Collectors.joining(","));
  }

  /** For the one worker whose way may be spoiled. */
  String proxiedBootstrapServers() {
    return nodes.stream()
        .map(node -> "127.0.0.1:" + node.proxy().port())
        .collect(Collectors.joining(","));
  }

  String registryUrl() {
    return "http://127.0.0.1:" + registryPort;
  }

  int size() {
    return nodes.size();
  }

  List<FaultProxy> proxies() {
    return nodes.stream().map(Node::proxy).toList();
  }

  List<Part> brokers() {
    return nodes.stream().map(Node::part).toList();
  }

  Part registry() {
    return registry;
  }

  /** Which partitions of a topic each broker leads; empty when nobody answers. */
  Map<Part, List<Integer>> leaders(String topic) {
    Map<Part, List<Integer>> leaders = new LinkedHashMap<>();
    for (TopicDescription described : describe(List.of(topic)).values()) {
      for (TopicPartitionInfo partition : described.partitions()) {
        if (partition.leader() != null && partition.leader().id() > 0) {
          Part leader = nodes.get(partition.leader().id() - 1).part();
          leaders.computeIfAbsent(leader, _ -> new ArrayList<>()).add(partition.partition());
        }
      }
    }
    return leaders;
  }

  /** Whether every partition has all its replicas in sync. */
  boolean isInSync() {
    return describe(topics()).values().stream()
        .flatMap(topic -> topic.partitions().stream())
        .allMatch(partition -> partition.isr().size() == partition.replicas().size());
  }

  private List<String> topics() {
    try (Admin admin = admin()) {
      return List.copyOf(admin.listTopics().names().get(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      throw new SoakException("the brokers do not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SoakException("interrupted", e);
    }
  }

  private Map<String, TopicDescription> describe(List<String> topics) {
    try (Admin admin = admin()) {
      return admin
          .describeTopics(topics)
          .allTopicNames()
          .get(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new SoakException("the brokers do not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SoakException("interrupted", e);
    }
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
  }

  @Override
  public void close() {
    registry.end();
    nodes.forEach(node -> node.proxy().close());
    nodes.forEach(node -> node.part().end());
  }
}
