package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.app.cli.ExitCodes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code waybill topics acls} prints what the table says, as kafka-acls.sh takes it. */
class AclLinesTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  static Stream<KafkaUser> users() {
    return KafkaUser.all().stream();
  }

  @ParameterizedTest
  @MethodSource("users")
  void theLinesSayWhatTheTableSays(KafkaUser user) {
    assertThat(run("--role", user.word())).isZero();

    Set<AclBinding> printed =
        out.toString()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .flatMap(AclLinesTest::bindings)
            .collect(Collectors.toSet());
    assertThat(printed)
        .isEqualTo(
            new KafkaAcls(Set.of())
                .of(user).stream()
                    .flatMap(acl -> acl.bindings("User:waybill-" + user.word()))
                    .collect(Collectors.toSet()));
  }

  @Test
  void withoutARoleAllAreThere() {
    assertThat(run()).isZero();

    assertThat(out.toString().lines().filter(line -> line.startsWith("# ")))
        .containsExactlyElementsOf(
            KafkaUser.all().stream().map(user -> "# " + user.word()).toList());
  }

  @Test
  void principalsOfCertificatesTakeTheRoleWhereItStands() {
    assertThat(
            run(
                "--role",
                "timer,status",
                "--principal",
                "User:CN={role},O=it's us",
                "--bootstrap-server",
                "kafka-1:9092",
                "--command-config",
                "my admin.properties"))
        .isZero();

    assertThat(out.toString())
        .contains("--allow-principal 'User:CN=timer,O=it'\\''s us'")
        .contains("--allow-principal 'User:CN=status,O=it'\\''s us'")
        .contains(
            "kafka-acls.sh --bootstrap-server kafka-1:9092 --command-config 'my admin.properties' --add");
  }

  @Test
  void onePrincipalIsNotGivenTheRightsOfAll() {
    assertThat(run("--principal", "User:waybill")).isEqualTo(ExitCodes.USAGE);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("{role}");
  }

  @Test
  void aWordThatIsNoUserIsRefusedWithThoseThatThereAre() {
    assertThat(run("--role", "sender")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString())
        .contains("'sender'")
        .contains("sender-webhook")
        .contains("publisher");
  }

  @Test
  void furtherTopicsOfRequestsAreTaken() {
    assertThat(run("--role", "publisher", "--request-topic", "acme.requests")).isZero();
    assertThat(out.toString()).contains("--topic acme.requests");
  }

  @Test
  void theShellsVariableIsUsedWhereNoServerIsNamed() {
    assertThat(
            new AclLines(Optional.empty(), Optional.empty())
                .of("User:a", List.of(KafkaAcl.cluster(AclOperation.DESCRIBE_CONFIGS))))
        .containsExactly(
            "kafka-acls.sh --bootstrap-server \"$KAFKA\" --add --allow-principal User:a"
                + " --operation DescribeConfigs --cluster");
  }

  private int run(String... args) {
    List<String> all = new ArrayList<>(List.of("topics", "acls"));
    all.addAll(Arrays.asList(args));
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  /** As kafka-acls.sh reads a line; none of these has a space in a word. */
  private static Stream<AclBinding> bindings(String line) {
    List<String> words = List.of(line.split(" "));
    assertThat(words).startsWith("kafka-acls.sh", "--bootstrap-server", "\"$KAFKA\"", "--add");
    String principal = words.get(words.indexOf("--allow-principal") + 1);
    PatternType pattern =
        words.contains("--resource-pattern-type")
            ? PatternType.fromString(
                words.get(words.indexOf("--resource-pattern-type") + 1).toUpperCase(Locale.ROOT))
            : PatternType.LITERAL;
    Set<ResourcePattern> resources = new HashSet<>();
    after(words, "--topic")
        .forEach(name -> resources.add(new ResourcePattern(ResourceType.TOPIC, name, pattern)));
    after(words, "--group")
        .forEach(name -> resources.add(new ResourcePattern(ResourceType.GROUP, name, pattern)));
    after(words, "--transactional-id")
        .forEach(name ->
            resources.add(new ResourcePattern(ResourceType.TRANSACTIONAL_ID, name, pattern)));
    if (words.contains("--cluster")) {
      resources.add(new ResourcePattern(ResourceType.CLUSTER, Resource.CLUSTER_NAME, pattern));
    }
    return resources.stream()
        .flatMap(resource ->
            after(words, "--operation").stream()
                .map(SecurityUtils::operation)
                .map(operation ->
                    new AclBinding(
                        resource,
                        new AccessControlEntry(
                            principal, "*", operation, AclPermissionType.ALLOW))));
  }

  private static List<String> after(List<String> words, String option) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < words.size() - 1; i++) {
      if (words.get(i).equals(option)) {
        values.add(words.get(i + 1));
      }
    }
    return values;
  }
}
