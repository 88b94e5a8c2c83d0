package io.waybill.checker;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The checker as a program. */
@Command(
    name = "checker",
    mixinStandardHelpOptions = true,
    description = {
      "Holds the topics of an installation against the histories of its submitters and receivers.",
      "Exit code 0 when every rule holds, 1 when one is broken, 2 when nothing can be judged."
    })
public final class CheckerMain implements Callable<Integer> {
  /** Every rule holds. */
  public static final int PASSED = 0;

  /** A rule is broken. */
  public static final int BROKEN = 1;

  /** Wrong options, unreadable histories, or no Kafka. */
  public static final int NOT_JUDGED = 2;

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  @Spec private CommandSpec spec;

  @Option(
      names = "--bootstrap-server",
      paramLabel = "HOST:PORT",
      required = true,
      description = "Kafka.")
  private String bootstrapServers;

  @Option(
      names = "--registry",
      paramLabel = "URL",
      required = true,
      description = "The schema registry.")
  private URI registry;

  @Option(
      names = "--command-config",
      paramLabel = "FILE",
      description = "Properties of the Kafka client.")
  private @Nullable Path commandConfig;

  @Option(
      names = "--submitted",
      paramLabel = "FILE",
      required = true,
      arity = "1..*",
      description = "Histories of submitters, JSON lines.")
  private List<Path> submitted;

  @Option(
      names = "--received",
      paramLabel = "FILE",
      required = true,
      arity = "1..*",
      description = "Histories of all receivers, JSON lines.")
  private List<Path> received;

  @Option(
      names = "--organization",
      paramLabel = "ID",
      description = "Judge these organizations only; without it all that the topics know.")
  private List<String> organizations = List.of();

  @Option(
      names = "--crashes",
      paramLabel = "N",
      defaultValue = "0",
      description = "Senders killed, or robbed of their partitions (default: ${DEFAULT-VALUE}).")
  private int crashes;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      defaultValue = "0",
      description = "Most sends under way in one sender (default: ${DEFAULT-VALUE}).")
  private long inFlight;

  @Option(
      names = "--finished-not-committed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Most ended sends that wait for their commit (default: ${DEFAULT-VALUE}).")
  private long finishedNotCommitted;

  @Option(
      names = "--settle",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "Look again until every rule holds, for so long (default: ${DEFAULT-VALUE}).")
  private long settleSeconds;

  @Option(
      names = "--show",
      paramLabel = "N",
      defaultValue = "20",
      description = "Most findings shown of each rule (default: ${DEFAULT-VALUE}).")
  private int show;

  /** Judges one run and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The command, for a caller who sets its writers and stays alive. */
  public static CommandLine commandLine() {
    return new CommandLine(new CheckerMain())
        .setExecutionExceptionHandler((e, command, _) -> {
          if (!(e instanceof CheckerException) && !(e instanceof IllegalArgumentException)) {
            throw e;
          }
          command.getErr().println(e.getMessage());
          command.getErr().flush();
          return NOT_JUDGED;
        });
  }

  @Override
  public Integer call() throws InterruptedException {
    Bounds bounds = new Bounds(crashes, inFlight, finishedNotCommitted);
    Map<String, Object> kafka = kafka();
    long deadline = System.nanoTime() + Duration.ofSeconds(settleSeconds).toNanos();
    Report report = judge(kafka, bounds);
    while (!report.passed() && System.nanoTime() < deadline) {
      // Status and receivers may be a moment behind; a broken promise stays broken.
      Thread.sleep(BETWEEN_LOOKS);
      report = judge(kafka, bounds);
    }
    PrintWriter out = spec.commandLine().getOut();
    report.print(out, show);
    out.println(report.passed() ? "every rule holds" : "BROKEN");
    out.flush();
    return report.passed() ? PASSED : BROKEN;
  }

  private Report judge(Map<String, Object> kafka, Bounds bounds) {
    History history = HistoryFiles.read(submitted, received);
    if (history.submitted().isEmpty()) {
      throw new CheckerException(
          "nothing was submitted according to " + submitted + ": there is nothing to judge");
    }
    Topics topics = TopicDump.read(kafka, registry);
    return Checker.check(
        history,
        organizations.isEmpty() ? topics : topics.of(new HashSet<>(organizations)),
        bounds);
  }

  private Map<String, Object> kafka() {
    Map<String, Object> settings = new HashMap<>();
    if (commandConfig != null) {
      Properties properties = new Properties();
      try (FileInputStream in = new FileInputStream(commandConfig.toFile())) {
        properties.load(in);
      } catch (IOException e) {
        throw new CheckerException("--command-config cannot be read: " + e, e);
      }
      properties
          .stringPropertyNames()
          .forEach(name -> settings.put(name, properties.getProperty(name)));
    }
    settings.put("bootstrap.servers", bootstrapServers);
    return settings;
  }
}
