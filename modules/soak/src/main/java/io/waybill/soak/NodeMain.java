package io.waybill.soak;

import io.waybill.embedded.BrokerFolder;
import io.waybill.embedded.EmbeddedBrokerConfig;
import io.waybill.embedded.FormerIncarnation;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/**
 * One node of a cluster, controller and broker, as the main class of a process: the real broker
 * with the settings of the embedded default, where the run does not ask for others.
 */
final class NodeMain {
  static final String READY = "node ready";

  /** A killed broker starts over its session: a transaction may hang for ever after. */
  static final String NOT_FENCED = "node not fenced";

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
    String cluster = new BrokerFolder(folder).clusterIdFormattingIfNew(args[1], node);
    FormerIncarnation former = new FormerIncarnation(folder);
    if (isAlone(settings) && former.wasKilled() && !former.fence()) {
      System.out.println(NOT_FENCED + ", of cluster " + cluster);
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
}
