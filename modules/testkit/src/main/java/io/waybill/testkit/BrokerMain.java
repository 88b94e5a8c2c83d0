package io.waybill.testkit;

import io.waybill.embedded.EmbeddedBroker;
import io.waybill.embedded.EmbeddedBrokerConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The embedded broker as the main class of a child JVM. */
final class BrokerMain {
  static final String READY = "broker ready";

  private BrokerMain() {}

  /** {@code args}: data folder, port, then broker properties as {@code key=value}. */
  public static void main(String[] args) throws InterruptedException {
    Map<String, String> overrides = new HashMap<>();
    for (int i = 2; i < args.length; i++) {
      int equals = args[i].indexOf('=');
      overrides.put(args[i].substring(0, equals), args[i].substring(equals + 1));
    }
    EmbeddedBroker broker =
        new EmbeddedBroker(
            new EmbeddedBrokerConfig(Path.of(args[0]), Integer.parseInt(args[1]), overrides));
    broker.start();
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "broker-stop"));
    System.out.println(READY + " " + broker.bootstrapServers() + " " + broker.clusterId());
    new CountDownLatch(1).await();
  }
}
