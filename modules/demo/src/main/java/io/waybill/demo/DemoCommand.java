package io.waybill.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.waybill.app.EmbeddedDefault;
import io.waybill.app.EmbeddedEndpoint;
import io.waybill.app.cli.Commands;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationState;
import io.waybill.domain.OverallState;
import io.waybill.domain.TaskId;
import io.waybill.guard.Cidr;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
      "Starts everything embedded in a folder that is removed afterwards, and shows deliveries:",
      "the tutorial's SIEM webhook with two failures before it succeeds, a destination that is dead,"
          + " its dead letter, and the replay of it."
    })
public final class DemoCommand implements Callable<Integer> {
  private static final String SIEM_PATH = "/api/audit-events";
  private static final String ANALYTICS_PATH = "/api/events";
  private static final Duration SOON = Duration.ofSeconds(30);

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
    try (LocalReceiver receiver = new LocalReceiver();
        EmbeddedDefault waybill =
            new EmbeddedDefault(folder, 0, 0, 0, List.of(Cidr.parse("127.0.0.0/8")))) {
      out.println("Starting the broker, the registry and all roles in one process ...");
      out.flush();
      EmbeddedEndpoint endpoint = waybill.start().endpoint();
      out.println(
          "Kafka is at " + endpoint.bootstrapServers() + ", in " + seconds(started) + " s.");
      out.println(
          "A development keyset was made; it seals the credentials below before they are published.");
      out.println(
          "Loopback (127.0.0.0/8) is allowed for the demo's own receiver; otherwise the address guard"
              + " refuses it.");
      Codecs codecs =
          new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", endpoint.registryUrl())));
      try (StatusTable table =
          new StatusTable(endpoint.bootstrapServers(), codecs, out, coloured)) {
        new Run(folder, receiver, table, out).show();
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

  /** The story, once everything is up. */
  private record Run(Path folder, LocalReceiver receiver, StatusTable table, PrintWriter out) {

    void show() throws IOException {
      receiver.answer(SIEM_PATH, number -> number < 2 ? 503 : 200);
      receiver.answer(ANALYTICS_PATH, _ -> 500);

      heading("Two destinations");
      String siem = apply("siem.json", Map.of("url", receiver.url(SIEM_PATH)));
      String analytics = apply("analytics.json", Map.of("url", receiver.url(ANALYTICS_PATH)));
      table.name(siem, "SIEM Integration");
      table.name(analytics, "Real-time Analytics");

      heading("The daily report: the SIEM answers 503, 503 and then 200");
      DeliveryId report =
          deliver(
              "daily-report.json",
              Map.of("siem", siem, "date", LocalDate.now(ZoneOffset.UTC).toString()));
      table.name(report.toString(), "daily report");
      out.println("What waybill.status says, change by change:");
      table.printHead();
      table.follow(report, status -> status.state() == OverallState.COMPLETED, SOON);

      heading("An access to protected health information: one of its two receivers is dead");
      DeliveryId access = deliver("phi-access.json", Map.of("siem", siem, "analytics", analytics));
      table.name(access.toString(), "phi-access");
      table.printHead();
      table.follow(access, status -> status.state() == OverallState.PARTIAL, SOON);

      heading("What could not be delivered is a dead letter");
      waybill("dead-letters", "list");
      out.println();
      out.println("The receiver is mended, and the dead letter replayed:");
      receiver.answer(ANALYTICS_PATH, _ -> 200);
      waybill("dead-letters", "replay", failedTask(table.status(access)).value());
      table.printHead();
      table.follow(access, status -> status.state() == OverallState.COMPLETED, SOON);

      heading("What the receiver got");
      List<LocalReceiver.Received> received = receiver.received();
      for (LocalReceiver.Received request : received) {
        out.printf(
            "%s %-18s webhook-id %s, attempt %s -> %d%n",
            request.method(),
            request.path(),
            request.headers().get("webhook-id"),
            request.headers().get("waybill-attempt"),
            request.answered());
      }
      out.println();
      out.println("The daily report as it arrived, byte for byte as it was published:");
      received.stream()
          .filter(request -> request.body().contains("daily-") && request.answered() == 200)
          .findFirst()
          .ifPresent(this::print);
    }

    private String apply(String file, Map<String, String> values) throws IOException {
      return waybill("destinations", "apply", "--output", "id", "-f", write(file, values)).strip();
    }

    private DeliveryId deliver(String file, Map<String, String> values) throws IOException {
      String id = waybill("deliver", "-f", write(file, values)).strip();
      return DeliveryId.parse(id)
          .orElseThrow(() -> new IllegalStateException("deliver printed no id but: " + id));
    }

    private String write(String file, Map<String, String> values) throws IOException {
      String text;
      try (var in = DemoCommand.class.getResourceAsStream(file)) {
        if (in == null) {
          throw new IllegalStateException("the demo's " + file + " is not in its jar");
        }
        text = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      }
      for (var value : values.entrySet()) {
        text = text.replace("@" + value.getKey() + "@", value.getValue());
      }
      text = text.replace("@now@", Instant.now().toString());
      Path written = folder.resolve(file);
      Files.writeString(written, text);
      return written.toString();
    }

    /** Runs a command as a user would type it, shows both, and gives back what it printed. */
    private String waybill(String... arguments) {
      List<String> shown = new ArrayList<>();
      for (String argument : arguments) {
        shown.add(argument.replace(folder + "/", ""));
      }
      out.println("$ waybill " + String.join(" ", shown));
      StringWriter printed = new StringWriter();
      StringWriter complaints = new StringWriter();
      List<String> all = new ArrayList<>(List.of(arguments));
      all.add("--data-dir");
      all.add(folder.toString());
      int exit =
          Commands.commandLine()
              .setOut(new PrintWriter(printed, true))
              .setErr(new PrintWriter(complaints, true))
              .execute(all.toArray(String[]::new));
      out.print(complaints);
      out.print(printed);
      out.flush();
      if (exit != 0) {
        throw new IllegalStateException("the command ended with exit code " + exit);
      }
      return printed.toString();
    }

    private void print(LocalReceiver.Received request) {
      out.println(request.method() + " " + request.path() + " -> " + request.answered());
      request
          .headers()
          .forEach((name, value) -> {
            String lower = name.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("webhook-")
                || lower.startsWith("waybill-")
                || lower.startsWith("x-")
                || lower.equals("content-type")
                || lower.equals("authorization")) {
              out.println("    " + lower + ": " + value);
            }
          });
      out.println("    " + request.body());
    }

    private void heading(String text) {
      out.println();
      out.println("== " + text);
      out.flush();
    }

    private static TaskId failedTask(DeliveryStatus status) {
      return status.destinations().stream()
          .filter(destination -> destination.state() == DestinationState.FAILED)
          .flatMap(destination -> destination.taskId().stream())
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no destination failed"));
    }
  }
}
