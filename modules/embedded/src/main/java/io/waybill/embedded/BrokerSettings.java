package io.waybill.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

/** The broker's properties: one node that is controller and broker, small, quick, loopback only. */
final class BrokerSettings {
  static final int NODE_ID = 1;
  static final String CONTROLLER_LISTENER = "CONTROLLER";

  /** A record of 12 MiB with its headers and batch overhead must fit. */
  private static final String LARGEST_BATCH = Integer.toString(16 * 1024 * 1024);

  static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("auto.create.topics.enable", "false"),
          Map.entry("num.partitions", "3"),
          // One node cannot replicate.
          Map.entry("default.replication.factor", "1"),
          Map.entry("offsets.topic.replication.factor", "1"),
          Map.entry("offsets.topic.num.partitions", "5"),
          Map.entry("transaction.state.log.replication.factor", "1"),
          Map.entry("transaction.state.log.min.isr", "1"),
          Map.entry("transaction.state.log.num.partitions", "5"),
          Map.entry("share.coordinator.state.topic.replication.factor", "1"),
          Map.entry("share.coordinator.state.topic.min.isr", "1"),
          Map.entry("share.coordinator.state.topic.num.partitions", "5"),
          Map.entry("message.max.bytes", LARGEST_BATCH),
          Map.entry("replica.fetch.max.bytes", LARGEST_BATCH),
          // A small footprint.
          Map.entry("num.network.threads", "2"),
          Map.entry("num.io.threads", "4"),
          Map.entry("background.threads", "4"),
          Map.entry("group.coordinator.threads", "2"),
          Map.entry("share.coordinator.threads", "1"),
          Map.entry("log.cleaner.dedupe.buffer.size", "16777216"),
          Map.entry("log.index.size.max.bytes", "2097152"),
          // Groups form at once, and notice soon that a member was killed.
          Map.entry("group.initial.rebalance.delay.ms", "0"),
          Map.entry("group.min.session.timeout.ms", "1000"),
          Map.entry("group.consumer.min.session.timeout.ms", "1000"),
          Map.entry("group.consumer.session.timeout.ms", "10000"),
          Map.entry("group.consumer.min.heartbeat.interval.ms", "200"),
          Map.entry("group.consumer.heartbeat.interval.ms", "1000"),
          Map.entry("group.streams.min.session.timeout.ms", "1000"),
          Map.entry("group.streams.session.timeout.ms", "10000"),
          Map.entry("group.streams.min.heartbeat.interval.ms", "200"),
          Map.entry("group.streams.heartbeat.interval.ms", "1000"),
          // A transaction left open by a killed producer holds back every read_committed reader.
          Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"));

  private BrokerSettings() {}

  /** The same node's controller alone, with another length of its brokers' sessions. */
  static Properties ofController(Path logDir, int controllerPort, Duration session) {
    String controller = Ports.HOST + ":" + controllerPort;
    Properties properties = new Properties();
    properties.put("process.roles", "controller");
    properties.put("node.id", Integer.toString(NODE_ID));
    properties.put("controller.quorum.voters", NODE_ID + "@" + controller);
    properties.put("controller.listener.names", CONTROLLER_LISTENER);
    properties.put("listeners", CONTROLLER_LISTENER + "://" + controller);
    properties.put("log.dirs", logDir.toString());
    properties.put("broker.session.timeout.ms", Long.toString(session.toMillis()));
    properties.put("broker.heartbeat.interval.ms", Long.toString(session.toMillis() / 2));
    return properties;
  }

  static Properties of(
      Path logDir, int brokerPort, int controllerPort, Map<String, String> overrides) {
    Properties properties = new Properties();
    properties.putAll(DEFAULTS);
    properties.putAll(overrides);
    String broker = "PLAINTEXT://" + Ports.HOST + ":" + brokerPort;
    String controller = Ports.HOST + ":" + controllerPort;
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", Integer.toString(NODE_ID));
    properties.put("controller.quorum.voters", NODE_ID + "@" + controller);
    properties.put("controller.listener.names", CONTROLLER_LISTENER);
    properties.put("listeners", broker + "," + CONTROLLER_LISTENER + "://" + controller);
    properties.putIfAbsent("advertised.listeners", broker);
    properties.put("log.dirs", logDir.toString());
    return properties;
  }
}
