package io.waybill.soak;

import io.waybill.embedded.EmbeddedRegistry;
import io.waybill.embedded.EmbeddedRegistryConfig;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** The embedded schema registry as the main class of a process. */
final class RegistryMain {
  static final String READY = "registry ready";

  private RegistryMain() {}

  /** {@code args}: data folder, port. */
  public static void main(String[] args) throws InterruptedException {
    EmbeddedRegistry registry =
        new EmbeddedRegistry(
            new EmbeddedRegistryConfig(Path.of(args[0]), Integer.parseInt(args[1])));
    registry.start();
    Runtime.getRuntime().addShutdownHook(new Thread(registry::close, "registry-stop"));
    System.out.println(READY + " " + registry.url());
    new CountDownLatch(1).await();
  }
}
