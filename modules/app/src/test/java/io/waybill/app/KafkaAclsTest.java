package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.destinations.DestinationsConfig;
import io.waybill.destinations.DestinationsTopology;
import io.waybill.destinations.OperatorRules;
import io.waybill.domain.DestinationType;
import io.waybill.fanout.FanOutConfig;
import io.waybill.fanout.FanOutTopology;
import io.waybill.status.StatusConfig;
import io.waybill.status.StatusTopology;
import io.waybill.timer.TimerConfig;
import io.waybill.timer.TimerTopology;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.TopicSpec;
import io.waybill.wire.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.TopologyDescription.Node;
import org.apache.kafka.streams.TopologyDescription.Sink;
import org.apache.kafka.streams.TopologyDescription.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The table of rights against what the roles are made of. What a broker that refuses everything
 * else says of it is SecuredKafkaIT's.
 */
class KafkaAclsTest {
  private static final Pattern WORD = Pattern.compile("`([^`]+)`");

  private final KafkaAcls acls = new KafkaAcls(Set.of());
  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());
  private final Clock clock = Clock.systemUTC();

  @Test
  void destinationsReadsAndWritesWhatItsTopologySays() {
    isExactly(
        Role.DESTINATIONS,
        new DestinationsTopology(codecs, clock, DestinationsConfig.defaults(), OperatorRules.none())
            .build());
  }

  @Test
  void fanOutReadsAndWritesWhatItsTopologySays() {
    Topology topology =
        new FanOutTopology(
                codecs, clock, FanOutConfig.defaults("topic-id", TopicCatalog.EMBEDDED_PARTITIONS))
            .build();

    assertThat(acls.reads(Role.FAN_OUT)).isEqualTo(read(topology));
    // Where tasks go is decided for each: to their type's topics, or to wait.
    Set<String> written = new TreeSet<>(written(topology));
    for (DestinationType type : DestinationType.values()) {
      written.addAll(List.of(Topics.tasks(type), Topics.expressTasks(type), Topics.retry(type)));
    }
    assertThat(sinksThatChoose(topology)).containsExactlyInAnyOrder("tasks", "parked-tasks");
    assertThat(acls.writes(Role.FAN_OUT)).isEqualTo(written);
  }

  @Test
  void timerReadsAndWritesWhatItsTopologySays() {
    isExactly(
        Role.TIMER, new TimerTopology(Role.SENT_TYPES, codecs, TimerConfig.defaults()).build());
  }

  @Test
  void statusReadsAndWritesWhatItsTopologySays() {
    isExactly(
        Role.STATUS,
        new StatusTopology(codecs, clock, StatusConfig.defaults(Role.SENT_TYPES)).build());
  }

  private void isExactly(Role role, Topology topology) {
    assertThat(sinksThatChoose(topology)).isEmpty();
    assertThat(acls.reads(role)).isEqualTo(read(topology));
    assertThat(acls.writes(role)).isEqualTo(written(topology));
  }

  private static Set<String> read(Topology topology) {
    TopologyDescription description = topology.describe();
    return Stream.concat(
            nodes(description),
            description.globalStores().stream().map(TopologyDescription.GlobalStore::source))
        .filter(Source.class::isInstance)
        .flatMap(node -> ((Source) node).topicSet().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> written(Topology topology) {
    return nodes(topology.describe())
        .filter(Sink.class::isInstance)
        .map(node -> (Sink) node)
        .filter(sink -> sink.topicNameExtractor() == null)
        .map(Sink::topic)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> sinksThatChoose(Topology topology) {
    return nodes(topology.describe())
        .filter(Sink.class::isInstance)
        .filter(node -> ((Sink) node).topicNameExtractor() != null)
        .map(Node::name)
        .toList();
  }

  private static Stream<Node> nodes(TopologyDescription description) {
    return description.subtopologies().stream().flatMap(part -> part.nodes().stream());
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void onlySendersReadCredentials(Role role) {
    assertThat(acls.reads(role).contains(Topics.DESTINATION_SECRETS)).isEqualTo(role.isSender());
    assertThat(mayOn(role, Topics.DESTINATION_SECRETS, AclOperation.READ))
        .isEqualTo(role.isSender());
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void noPrefixGivesWhatTheTableDoesNot(Role role) {
    for (TopicSpec topic : TopicCatalog.topics(1, Role.SENT_TYPES)) {
      assertThat(mayOn(role, topic.name(), AclOperation.READ))
          .as("%s reads %s", role, topic.name())
          .isEqualTo(acls.reads(role).contains(topic.name()));
      assertThat(mayOn(role, topic.name(), AclOperation.WRITE))
          .as("%s writes %s", role, topic.name())
          .isEqualTo(acls.writes(role).contains(topic.name()));
      assertThat(mayOn(role, topic.name(), AclOperation.CREATE)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void nobodyDeletesAltersOrMayDoEverything(Role role) {
    assertThat(acls.of(new KafkaUser.Running(role)))
        .allSatisfy(acl ->
            assertThat(acl.operations())
                .doesNotContain(
                    AclOperation.ALL,
                    AclOperation.ALTER,
                    AclOperation.ALTER_CONFIGS,
                    AclOperation.DELETE,
                    AclOperation.CLUSTER_ACTION));
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void noRoleIsInTheGroupOrTheTransactionsOfAnother(Role role) {
    List<String> mine =
        acls.of(new KafkaUser.Running(role)).stream()
            .filter(acl -> acl.resource().resourceType() == ResourceType.TRANSACTIONAL_ID)
            .map(acl -> acl.resource().name())
            .toList();

    assertThat(mine).hasSize(1);
    for (Role other : Role.values()) {
      if (other != role) {
        assertThat(acls.of(new KafkaUser.Running(other)))
            .filteredOn(acl -> acl.resource().resourceType() == ResourceType.TRANSACTIONAL_ID)
            .noneMatch(acl ->
                acl.resource().name().startsWith(mine.getFirst())
                    || mine.getFirst().startsWith(acl.resource().name()));
      }
    }
  }

  private boolean mayOn(Role role, String topic, AclOperation operation) {
    return acls.of(new KafkaUser.Running(role)).stream()
        .anyMatch(acl -> acl.isAboutTopic(topic) && acl.operations().contains(operation));
  }

  @Test
  void furtherTopicsOfRequestsAreReadByFanOutAndSendersOnly() {
    KafkaAcls further = new KafkaAcls(Set.of("acme.requests"));

    for (Role role : Role.values()) {
      boolean reads = role == Role.FAN_OUT || role.isSender();
      List<KafkaAcl> about =
          further.of(new KafkaUser.Running(role)).stream()
              .filter(acl -> acl.isAboutTopic("acme.requests"))
              .toList();
      assertThat(about).as(role.word()).isNotEmpty();
      assertThat(about.stream().anyMatch(acl -> acl.operations().contains(AclOperation.READ)))
          .as(role.word())
          .isEqualTo(reads);
    }
    assertThat(further.of(KafkaUser.Other.PUBLISHER))
        .extracting(acl -> acl.resource().name())
        .containsExactly("acme.requests", Topics.REQUESTS);
  }

  @Test
  void theDocumentedTableIsThisOne() throws IOException {
    List<String> page = Files.readAllLines(Path.of("..", "..", "docs", "deployment.md"));
    for (Role role : Role.values()) {
      String row =
          page.stream()
              .filter(line -> line.startsWith("| `" + role.word() + "` | `"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("docs/deployment.md has no row of " + role));
      String[] cells = row.split("\\|");
      assertThat(words(cells[2])).as("%s reads", role.word()).isEqualTo(acls.reads(role));
      assertThat(words(cells[3])).as("%s writes", role.word()).isEqualTo(acls.writes(role));
    }
  }

  /** {@code .express} stands for the topic before it, with that end. */
  private static Set<String> words(String cell) {
    Set<String> words = new TreeSet<>();
    String before = "";
    for (String word : WORD.matcher(cell).results().map(found -> found.group(1)).toList()) {
      before = word.startsWith("waybill.") ? word : before + word;
      words.add(before);
    }
    return words;
  }

  @Test
  void prefixesAreAllThatIsNotLiteral() {
    assertThat(
            Arrays.stream(Role.values())
                .flatMap(role -> acls.of(new KafkaUser.Running(role)).stream())
                .map(acl -> acl.resource().patternType())
                .distinct())
        .containsExactlyInAnyOrder(PatternType.LITERAL, PatternType.PREFIXED);
  }
}
