package io.waybill.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.waybill.app.TopicJudge.Difference;
import io.waybill.app.cli.CliException;
import io.waybill.app.cli.ExitCodes;
import io.waybill.app.cli.FormOption;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.TopicSpec;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code waybill topics}: the topics of an installation. */
@Command(
    name = "topics",
    description =
        "Creates and checks the topics of an installation, and says who needs which rights.",
    subcommands = {TopicsCommand.Apply.class, TopicsAcls.class})
public final class TopicsCommand implements Runnable {
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

    @Mixin private final FormOption output = new FormOption();

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description =
            "The configuration of the installation: says where Kafka is, how many partitions there"
                + " are, and which request topics.")
    private Optional<Path> configFile = Optional.empty();

    @Option(
        names = "--bootstrap-server",
        paramLabel = "HOST:PORT",
        description = "Kafka, without a configuration.")
    private Optional<String> bootstrapServer = Optional.empty();

    @Option(
        names = "--command-config",
        paramLabel = "FILE",
        description = "Properties of the Kafka client; they win over the configuration.")
    private Optional<Path> commandConfig = Optional.empty();

    @Option(
        names = "--partitions",
        paramLabel = "N",
        description =
            "Partitions of everything that is spread (default: the configuration's, else "
                + TopicCatalog.DEFAULT_PARTITIONS
                + ").")
    private Optional<Integer> partitions = Optional.empty();

    @Option(
        names = "--request-topic",
        paramLabel = "TOPIC",
        description =
            "A topic of requests beside waybill.requests and those of the configuration; may be"
                + " given several times.")
    private List<String> requestTopics = List.of();

    @Option(
        names = "--replication-factor",
        paramLabel = "N",
        defaultValue = "3",
        description =
            "Replicas of each partition (default: ${DEFAULT-VALUE}). From 3 on two of them must have"
                + " a record before it is acknowledged (min.insync.replicas).")
    private int replicationFactor;

    @Option(names = "--dry-run", description = "Report only; create nothing.")
    private boolean dryRun;

    @Override
    public Integer call() throws IOException {
      Optional<WaybillConfig> config =
          configFile.map(file -> Startup.explained(() -> ConfigFile.read(file)));
      List<TopicSpec> wanted = wanted(config);
      List<TopicsAdmin.Row> rows;
      try (Admin admin = Admin.create(settings(config))) {
        TopicsAdmin topics = new TopicsAdmin(admin);
        rows =
            Startup.explained(() ->
                dryRun
                    ? topics.check(wanted, Durability.of(replicationFactor))
                    : topics.apply(wanted, replicationFactor));
      }
      PrintWriter out = spec.commandLine().getOut();
      output.print(out, () -> json(rows), () -> print(rows, out));
      List<Weakness> weaknesses = weaknesses(rows);
      PrintWriter err = spec.commandLine().getErr();
      if (!weaknesses.isEmpty()) {
        err.println("Nothing that exists was changed. What differs is for an operator to decide:");
        weaknesses.forEach(weakness -> err.println("  " + weakness));
        err.flush();
      }
      boolean wrong = rows.stream().anyMatch(row -> row.isFatal() && !isPlanned(row));
      return wrong ? ExitCodes.FAILED : ExitCodes.OK;
    }

    private List<TopicSpec> wanted(Optional<WaybillConfig> config) {
      Set<String> requests = new LinkedHashSet<>(requestTopics);
      config.ifPresent(read -> requests.addAll(read.requestTopics().names()));
      int count =
          partitions.orElse(
              config.map(WaybillConfig::partitions).orElse(TopicCatalog.DEFAULT_PARTITIONS));
      return TopicCatalog.topics(count, Role.SENT_TYPES, requests);
    }

    private Map<String, Object> settings(Optional<WaybillConfig> config) throws IOException {
      Map<String, Object> settings = new HashMap<>();
      config.ifPresent(read -> settings.putAll(read.kafka()));
      if (commandConfig.isPresent()) {
        Properties properties = new Properties();
        try (FileInputStream in = new FileInputStream(commandConfig.get().toFile())) {
          properties.load(in);
        }
        properties
            .stringPropertyNames()
            .forEach(name -> settings.put(name, properties.getProperty(name)));
      }
      bootstrapServer.ifPresent(servers -> settings.put("bootstrap.servers", servers));
      if (!settings.containsKey("bootstrap.servers")) {
        throw CliException.usage(
            "say where Kafka is: --config FILE or --bootstrap-server HOST:PORT");
      }
      return settings;
    }

    private static List<Weakness> weaknesses(List<TopicsAdmin.Row> rows) {
      Map<String, List<Difference>> different = new LinkedHashMap<>();
      rows.forEach(row -> different.put(row.topic(), row.differences()));
      return Weakness.ofTopics(different);
    }

    private static void print(List<TopicsAdmin.Row> rows, PrintWriter out) {
      for (TopicsAdmin.Row row : rows) {
        out.printf(
            "%-32s %s%s%n",
            row.topic(), row.finding().words(), row.detail().isEmpty() ? "" : ": " + row.detail());
      }
    }

    private static JsonNode json(List<TopicsAdmin.Row> rows) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      for (TopicsAdmin.Row row : rows) {
        ArrayNode differences =
            all.addObject()
                .put("topic", row.topic())
                .put("finding", row.finding().words().replace(' ', '-'))
                .put("detail", row.detail())
                .putArray("differences");
        row.differences()
            .forEach(difference ->
                differences
                    .addObject()
                    .put("setting", difference.setting())
                    .put("found", difference.found())
                    .put("wanted", difference.wanted())
                    .put("keepsPromise", difference.weight() == TopicJudge.Weight.OTHER));
      }
      return all;
    }

    /** A dry run finds missing topics missing: that is what it is asked for. */
    private boolean isPlanned(TopicsAdmin.Row row) {
      return dryRun && row.finding() == TopicsAdmin.Finding.MISSING;
    }
  }
}
