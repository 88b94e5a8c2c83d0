package io.waybill.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.waybill.app.cli.CliException;
import io.waybill.app.cli.ExitCodes;
import io.waybill.app.cli.FormOption;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.common.utils.SecurityUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code waybill topics acls}. */
@Command(
    name = "acls",
    description = {
      "Prints the ACLs that Kafka's users need, as lines for a shell: kafka-acls.sh adds them.",
      "Asks nobody and changes nothing."
    })
final class TopicsAcls implements Callable<Integer> {
  private static final String WORD = "{role}";

  @Spec private CommandSpec spec;

  @Mixin private final FormOption output = new FormOption();

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      split = ",",
      description =
          "Whose, separated by commas: a role, or publisher, follower, operator, installer"
              + " (default: all).")
  private List<String> roles = List.of();

  @Option(
      names = "--principal",
      paramLabel = "TEXT",
      defaultValue = "User:waybill-" + WORD,
      description =
          "As brokers call the user, with "
              + WORD
              + " in the place of the role: User:CN="
              + WORD
              + ",O=acme (default: ${DEFAULT-VALUE}).")
  private String principal;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration of the installation, for its request topics.")
  private Optional<Path> configFile = Optional.empty();

  @Option(
      names = "--request-topic",
      paramLabel = "TOPIC",
      description =
          "A topic of requests beside waybill.requests and those of the configuration; may be given"
              + " several times.")
  private List<String> requestTopics = List.of();

  @Option(
      names = "--bootstrap-server",
      paramLabel = "HOST:PORT",
      description = "Written into the lines (default: \"$$KAFKA\", a variable of the shell).")
  private Optional<String> bootstrapServer = Optional.empty();

  @Option(
      names = "--command-config",
      paramLabel = "FILE",
      description = "Written into the lines: properties of the client that adds the ACLs.")
  private Optional<String> commandConfig = Optional.empty();

  @Override
  public Integer call() {
    List<KafkaUser> users = Startup.explained(this::users);
    if (users.size() > 1 && !principal.contains(WORD)) {
      throw CliException.usage(
          "--principal names one user, and the ACLs of "
              + users.size()
              + " are asked for: write "
              + WORD
              + " where the role stands, or name one --role");
    }
    KafkaAcls table = new KafkaAcls(allRequestTopics());
    Map<KafkaUser, List<KafkaAcl>> acls = new LinkedHashMap<>();
    users.forEach(user -> acls.put(user, table.of(user)));
    PrintWriter out = spec.commandLine().getOut();
    output.print(out, () -> json(acls), () -> print(acls, out));
    return ExitCodes.OK;
  }

  private List<KafkaUser> users() {
    return roles.isEmpty()
        ? KafkaUser.all()
        : roles.stream().map(String::strip).distinct().map(KafkaUser::parse).toList();
  }

  private Set<String> allRequestTopics() {
    Set<String> topics = new LinkedHashSet<>(requestTopics);
    configFile
        .map(file -> Startup.explained(() -> ConfigFile.read(file)))
        .ifPresent(config -> topics.addAll(config.requestTopics().names()));
    return topics;
  }

  private String principalOf(KafkaUser user) {
    return principal.replace(WORD, user.word());
  }

  private void print(Map<KafkaUser, List<KafkaAcl>> acls, PrintWriter out) {
    AclLines lines = new AclLines(bootstrapServer, commandConfig);
    acls.forEach((user, all) -> {
      out.println("# " + user.word());
      lines.of(principalOf(user), all).forEach(out::println);
    });
  }

  private JsonNode json(Map<KafkaUser, List<KafkaAcl>> acls) {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    acls.forEach((user, all) -> {
      for (KafkaAcl acl : all) {
        List<String> operations = new ArrayList<>();
        acl.sortedOperations()
            .forEach(operation -> operations.add(SecurityUtils.operationName(operation)));
        ArrayNode allowed =
            rows.addObject()
                .put("role", user.word())
                .put("principal", principalOf(user))
                .put("resource", SecurityUtils.resourceTypeName(acl.resource().resourceType()))
                .put("name", acl.resource().name())
                .put("pattern", acl.resource().patternType().name().toLowerCase(Locale.ROOT))
                .putArray("operations");
        operations.forEach(allowed::add);
      }
    });
    return rows;
  }
}
