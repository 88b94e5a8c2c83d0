package io.waybill.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.waybill.app.EmbeddedDefault;
import io.waybill.app.EmbeddedEndpoint;
import io.waybill.app.Sending;
import io.waybill.guard.Cidr;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code waybill demo}: real deliveries over a real broker, in a minute, leaving nothing behind.
 */
@Command(
    name = "demo",
    description = {
      "Starts everything embedded in a folder that is removed afterwards, and shows the tutorial:",
      "the daily report by mail and webhook, an access to PHI by webhook and into an archive, a"
          + " retry, a dead letter and its replay, and a backup that takes a failed primary's place."
    })
public final class DemoCommand implements Callable<Integer> {
  private static final String DATA = "data";

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    // The story is told on the screen; the roles' life cycle would only interrupt it.
    if (LoggerFactory.getLogger("io.waybill") instanceof Logger logger) {
      logger.setLevel(Level.WARN);
    }
    Path folder = Files.createTempDirectory("waybill-demo");
    boolean coloured = isTerminal() && System.getenv("NO_COLOR") == null;
    PrintWriter out = spec.commandLine().getOut();
    long started = System.nanoTime();
    out.println("Starting the broker, the registry and all roles in one process, and receivers:");
    out.println("an HTTP server, a mail server (GreenMail) and an S3 store (S3Proxy) ...");
    out.flush();
    try (Receivers receivers = Receivers.start(folder);
        EmbeddedDefault waybill =
            new EmbeddedDefault(
                folder.resolve(DATA),
                0,
                0,
                0,
                List.of(Cidr.parse("127.0.0.0/8")),
                Sending.defaults().allowingUnencryptedSmtp(Set.of("127.0.0.1")))) {
      EmbeddedEndpoint endpoint = waybill.start().endpoint();
      out.println(
          "Kafka is at " + endpoint.bootstrapServers() + ", in " + seconds(started) + " s.");
      out.println(
          "A development keyset was made; it seals the credentials below before they are published.");
      out.println(
          "Loopback (127.0.0.0/8) is allowed for the demo's own receivers; otherwise the address guard"
              + " refuses it. Its mail server has no TLS, which is allowed for it alone.");
      Codecs codecs =
          new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", endpoint.registryUrl())));
      try (StatusTable table =
          new StatusTable(endpoint.bootstrapServers(), codecs, out, coloured)) {
        new Story(new Typist(folder, folder.resolve(DATA), out), receivers, table, out).tell();
      }
    } finally {
      delete(folder);
    }
    out.println();
    out.println("Done in " + seconds(started) + " s. Keep it running with: bin/waybill up");
    out.flush();
    return 0;
  }

  @SuppressWarnings("SystemConsoleNull") // its contract still allows it
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static String seconds(long sinceNanos) {
    return String.format(java.util.Locale.ROOT, "%.1f", (System.nanoTime() - sinceNanos) / 1e9);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
