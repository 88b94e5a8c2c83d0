package io.waybill.soak;

import io.waybill.embedded.EmbeddedBrokerConfig;
import io.waybill.embedded.FormerIncarnation;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * One node of a cluster, controller and broker, as the main class of a process: the real broker
 * with the settings of the embedded default, where the run does not ask for others.
 */
final class NodeMain {
  static final String READY = "node ready";

  private static final String CONTROLLER = "CONTROLLER";

  private NodeMain() {}

  /**
   * {@code args}: data folder, cluster id, node id, then broker properties as {@code key=value}.
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int node = Integer.parseInt(args[2]);
    Map<String, String> settings = new HashMap<>(EmbeddedBrokerConfig.defaults());
    for (String setting : List.of(args).subList(3, args.length)) {
      int equals = setting.indexOf('=');
      settings.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(node));
    settings.put("controller.listener.names", CONTROLLER);
    settings.put("log.dirs", folder.toString());
    if (!Files.exists(folder.resolve("meta.properties"))) {
      format(folder, args[1], node);
    }
    FormerIncarnation former = new FormerIncarnation(folder);
    if (isAlone(settings) && former.wasKilled()) {
      former.fence();
    }
    Properties properties = new Properties();
    properties.putAll(settings);
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
    // Returns when this broker may serve.
    server.startup();
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "node-stop"));
    System.out.println(READY + " " + node);
    new CountDownLatch(1).await();
  }

  private static boolean isAlone(Map<String, String> settings) {
    return !settings.getOrDefault("controller.quorum.voters", "").contains(",");
  }

  private static void format(Path folder, String clusterId, int node) throws Exception {
    Files.createDirectories(folder);
    try (PrintStream quiet =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setPrintStream(quiet)
          .setSupportedFeatures(List.copyOf(Feature.PRODUCTION_FEATURES))
          .setNodeId(node)
          .setClusterId(clusterId)
          .addDirectory(folder.toString())
          .setMetadataLogDirectory(folder.toString())
          .setControllerListenerName(CONTROLLER)
          .run();
    }
  }
}
