package io.waybill.app;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.waybill.app.cli.ExitCodes;
import io.waybill.app.cli.FormOption;
import io.waybill.wire.TopicCatalog;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code waybill topics}: the topics of an installation. */
@Command(
    name = "topics",
    description = "Creates and checks the topics of an installation.",
    subcommands = TopicsCommand.Apply.class)
public final class TopicsCommand implements Runnable {
  private static final int DEFAULT_REPLICATION_FACTOR = 3;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** {@code waybill topics apply}. */
  @Command(
      name = "apply",
      description = {
        "Creates the topics that are missing and reports those that differ; alters nothing.",
        "Exit code 1 when a topic has another number of partitions, or keeps less, than needed."
      })
  static final class Apply implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--bootstrap-server",
        paramLabel = "HOST:PORT",
        required = true,
        description = "Kafka.")
    private String bootstrapServer;

    @Option(
        names = "--command-config",
        paramLabel = "FILE",
        description = "Properties of the Kafka client.")
    private @Nullable Path commandConfig;

    @Option(
        names = "--partitions",
        paramLabel = "N",
        defaultValue = "" + TopicCatalog.DEFAULT_PARTITIONS,
        description = "Partitions of everything that is spread (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
        names = "--replication-factor",
        paramLabel = "N",
        defaultValue = "" + DEFAULT_REPLICATION_FACTOR,
        description = "Replicas of each partition (default: ${DEFAULT-VALUE}).")
    private int replicationFactor;

    @Option(names = "--dry-run", description = "Report only; create nothing.")
    private boolean dryRun;

    @Mixin private final FormOption output = new FormOption();

    @Override
    public Integer call() throws IOException {
      Properties settings = new Properties();
      if (commandConfig != null) {
        try (FileInputStream in = new FileInputStream(commandConfig.toFile())) {
          settings.load(in);
        }
      }
      settings.put("bootstrap.servers", bootstrapServer);
      var wanted = TopicCatalog.topics(partitions, Role.SENT_TYPES);
      List<TopicsAdmin.Row> rows;
      try (Admin admin = Admin.create(settings)) {
        TopicsAdmin topics = new TopicsAdmin(admin);
        rows =
            Startup.explained(
                () -> dryRun ? topics.check(wanted) : topics.apply(wanted, replicationFactor));
      }
      PrintWriter out = spec.commandLine().getOut();
      output.print(out, () -> json(rows), () -> print(rows, out));
      boolean wrong = rows.stream().anyMatch(row -> row.isFatal() && !isPlanned(row));
      return wrong ? ExitCodes.FAILED : ExitCodes.OK;
    }

    private static ArrayNode json(List<TopicsAdmin.Row> rows) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      rows.forEach(row ->
          array
              .addObject()
              .put("topic", row.topic())
              .put("finding", row.finding().name().toLowerCase(Locale.ROOT).replace('_', '-'))
              .put("detail", row.detail()));
      return array;
    }

    private static void print(List<TopicsAdmin.Row> rows, PrintWriter out) {
      for (TopicsAdmin.Row row : rows) {
        String finding = row.finding().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        out.printf(
            "%-32s %s%s%n",
            row.topic(), finding, row.detail().isEmpty() ? "" : ": " + row.detail());
      }
    }

    /** A dry run finds missing topics missing: that is what it is asked for. */
    private boolean isPlanned(TopicsAdmin.Row row) {
      return dryRun && row.finding() == TopicsAdmin.Finding.MISSING;
    }
  }
}
