package io.waybill.app.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill top}. */
@Command(
    name = "top",
    description = {
      "Show what goes on, live, until it is stopped: rates and lag by type, and destinations, the"
          + " slowest first.",
      "All of it is read from Kafka. Latency, success and backlog are of destinations' health,"
          + " which may be some seconds old."
    })
final class Top extends KafkaCommand {
  private static final Duration SHORTEST = Duration.ofMillis(100);

  // The cursor goes home and each line is written over, so that nothing flickers. Lines that are
  // too long are cut off by the terminal, which so needs no asking for its width.
  private static final String HOME = "\u001b[H\u001b[?7l";
  private static final String END_OF_LINE = "\u001b[K";
  private static final String END_OF_FRAME = "\u001b[J\u001b[?7h";
  private static final String CLEAR = "\u001b[2J";

  @Mixin private final OrganizationFilter organization = new OrganizationFilter();

  @Mixin private final FormOption output = new FormOption();

  @Option(
      names = "--interval",
      defaultValue = "1s",
      paramLabel = "DURATION",
      description = "From one look to the next (default: ${DEFAULT-VALUE}).")
  private Duration interval = Duration.ofSeconds(1);

  @Option(names = "--count", paramLabel = "N", description = "End after so many looks, at least 1.")
  private Optional<Integer> count = Optional.empty();

  @Option(names = "--once", description = "Look once: the same as --count 1.")
  private boolean once;

  @Option(
      names = "--sort",
      defaultValue = "latency",
      description =
          "Which destinations first: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private TopSort sort = TopSort.LATENCY;

  @Option(
      names = "--rows",
      defaultValue = "10",
      paramLabel = "N",
      description = "How many destinations, at least 1 (default: ${DEFAULT-VALUE}).")
  private int rows = 10;

  Top(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    if (interval.compareTo(SHORTEST) < 0) {
      throw wrongUsage("--interval must be at least 100ms");
    }
    if (count.filter(wanted -> wanted < 1).isPresent() || rows < 1) {
      throw wrongUsage("--count and --rows must be at least 1");
    }
    if (once && count.isPresent()) {
      throw wrongUsage("give either --once or --count");
    }
    int left = once ? 1 : count.orElse(Integer.MAX_VALUE);
    boolean isFirst = true;
    try (Connection connection = connect();
        TopFeed feed = new TopFeed(connection, organization)) {
      // Its reader may have gone: `waybill top | head`.
      while (left > 0 && !out().checkError()) {
        TopReport report = feed.look(interval, sort, rows, environment().clock());
        show(report, isFirst);
        isFirst = false;
        // Without a count it runs until it is stopped.
        left -= count.isPresent() || once ? 1 : 0;
      }
    }
    return ExitCodes.OK;
  }

  private void show(TopReport report, boolean isFirst) {
    if (output.isJson()) {
      out().println(report.json());
    } else if (environment().interactive()) {
      frame(report, isFirst, out());
    } else {
      block(report, isFirst, out());
    }
    out().flush();
  }

  /** Over what stands on the terminal. */
  static void frame(TopReport report, boolean isFirst, PrintWriter out) {
    out.print(isFirst ? CLEAR + HOME : HOME);
    report.lines().forEach(line -> out.print(line + END_OF_LINE + System.lineSeparator()));
    out.print(END_OF_FRAME);
  }

  /** For files and pipes: one block after the other. */
  static void block(TopReport report, boolean isFirst, PrintWriter out) {
    if (!isFirst) {
      out.println();
    }
    report.lines().forEach(out::println);
  }
}
