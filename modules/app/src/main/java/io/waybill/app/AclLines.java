package io.waybill.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;

/** ACLs as lines of a shell script that calls Kafka's own tool. */
final class AclLines {
  private final String tool;

  /**
   * @param bootstrapServer where Kafka is; the variable {@code KAFKA} of the shell that runs the
   *     lines when it is not said
   * @param clientConfig properties of the tool's client
   */
  AclLines(Optional<String> bootstrapServer, Optional<String> clientConfig) {
    this.tool =
        "kafka-acls.sh --bootstrap-server "
            + bootstrapServer.map(AclLines::quoted).orElse("\"$KAFKA\"")
            + clientConfig.map(file -> " --command-config " + quoted(file)).orElse("");
  }

  /** Names with the same pattern and operations share a line: a role takes six or so. */
  private record Alike(ResourceType type, PatternType pattern, List<AclOperation> operations) {}

  /** The lines of one user. */
  List<String> of(String principal, List<KafkaAcl> acls) {
    Map<Alike, List<String>> names = new LinkedHashMap<>();
    for (KafkaAcl acl : acls) {
      ResourcePattern resource = acl.resource();
      names
          .computeIfAbsent(
              new Alike(resource.resourceType(), resource.patternType(), acl.sortedOperations()),
              _ -> new ArrayList<>())
          .add(resource.name());
    }
    return names.entrySet().stream()
        .map(entry -> line(principal, entry.getKey(), entry.getValue()))
        .toList();
  }

  private String line(String principal, Alike alike, List<String> names) {
    String operations =
        alike.operations().stream()
            .map(operation -> " --operation " + SecurityUtils.operationName(operation))
            .collect(Collectors.joining());
    String pattern =
        alike.pattern() == PatternType.PREFIXED ? " --resource-pattern-type prefixed" : "";
    return tool
        + " --add --allow-principal "
        + quoted(principal)
        + operations
        + resources(alike.type(), names)
        + pattern;
  }

  private static String resources(ResourceType type, List<String> names) {
    String option =
        switch (type) {
          case TOPIC -> "--topic";
          case GROUP -> "--group";
          case TRANSACTIONAL_ID -> "--transactional-id";
          case CLUSTER -> "--cluster";
          case UNKNOWN, ANY, DELEGATION_TOKEN, USER ->
              throw new IllegalArgumentException("no user of Waybill needs an ACL on a " + type);
        };
    if (type == ResourceType.CLUSTER) {
      return " " + option;
    }
    return names.stream()
        .map(name -> " " + option + " " + quoted(name))
        .collect(Collectors.joining());
  }

  /** As one word of a shell, whatever is in it. */
  static String quoted(String text) {
    return text.matches("[A-Za-z0-9._:/-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
