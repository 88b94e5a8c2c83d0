package io.waybill.bench;

import io.waybill.domain.DestinationType;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.TopicSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** What stands in the broker's topics: how much, how far it can be read, and what may go. */
final class TopicLogs implements AutoCloseable {
  private static final String RETENTION_BYTES = "retention.bytes";

  private final Admin admin;
  private final int partitions;

  TopicLogs(Lab lab, Options options) {
    this.admin = Admin.create(Map.of("bootstrap.servers", lab.bootstrapServers()));
    this.partitions = options.partitions();
  }

  /**
   * What a topic holds.
   *
   * @param records all that ever were in it, the marks of transactions among them
   */
  record Extent(long records, long bytes) {
    static final Extent NOTHING = new Extent(0, 0);

    Extent plus(Extent more) {
      return new Extent(records + more.records, bytes + more.bytes);
    }

    Extent minus(Extent less) {
      return new Extent(records - less.records, bytes - less.bytes);
    }
  }

  /**
   * Lets the installation's topics keep what their retention says, as roles demand. The laboratory
   * bounds them for the sake of its disk; here {@link #forget} does.
   */
  void keepAll() {
    Set<String> existing = names();
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    TopicCatalog.topics(partitions, EnumSet.allOf(DestinationType.class)).stream()
        .map(TopicSpec::name)
        .filter(existing::contains)
        .forEach(topic ->
            changes.put(
                new ConfigResource(ConfigResource.Type.TOPIC, topic),
                List.of(
                    new AlterConfigOp(
                        new ConfigEntry(RETENTION_BYTES, ""), AlterConfigOp.OpType.DELETE))));
    var _ =
        Lab.await(
            "the topics their settings",
            admin.incrementalAlterConfigs(changes).all().toCompletionStage());
  }

  private Set<String> names() {
    return Lab.await(
        "the names of topics",
        admin.listTopics(new ListTopicsOptions().listInternal(true)).names().toCompletionStage());
  }

  /** All partitions of one of the installation's topics. */
  List<TopicPartition> of(String topic) {
    return IntStream.range(0, partitions)
        .mapToObj(number -> new TopicPartition(topic, number))
        .toList();
  }

  /** Before which offset a reader of committed records finds all that there is. */
  Map<TopicPartition, Long> readable(String topic) {
    return ends(of(topic), IsolationLevel.READ_COMMITTED);
  }

  private Map<TopicPartition, Long> ends(
      Collection<TopicPartition> topicPartitions, IsolationLevel isolation) {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    topicPartitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    Lab.await(
            "the ends of topics",
            admin.listOffsets(latest, new ListOffsetsOptions(isolation)).all().toCompletionStage())
        .forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }

  /** What every topic holds, Kafka's own and those of stores too. */
  Map<String, Extent> all() {
    Map<TopicPartition, Long> bytes = bytes();
    Map<TopicPartition, Long> ends = ends(bytes.keySet(), IsolationLevel.READ_UNCOMMITTED);
    return bytes.keySet().stream()
        .collect(
            Collectors.groupingBy(
                TopicPartition::topic,
                Collectors.reducing(
                    Extent.NOTHING,
                    partition ->
                        new Extent(
                            ends.getOrDefault(partition, 0L), bytes.getOrDefault(partition, 0L)),
                    Extent::plus)));
  }

  private Map<TopicPartition, Long> bytes() {
    List<Integer> brokers =
        Lab.await("its nodes", admin.describeCluster().nodes().toCompletionStage()).stream()
            .map(Node::id)
            .toList();
    Map<TopicPartition, Long> bytes = new HashMap<>();
    Lab.await(
            "the sizes of its logs",
            admin.describeLogDirs(brokers).allDescriptions().toCompletionStage())
        .values()
        .forEach(folders ->
            folders
                .values()
                .forEach(folder ->
                    folder
                        .replicaInfos()
                        .forEach((partition, replica) ->
                            bytes.merge(partition, replica.size(), Long::sum))));
    return bytes;
  }

  /** Drops all that stands in these topics, which everybody has read. Never compacted ones. */
  void forget(List<String> topics) {
    List<TopicPartition> all = new ArrayList<>();
    topics.forEach(topic -> all.addAll(of(topic)));
    Map<TopicPartition, RecordsToDelete> old = new HashMap<>();
    ends(all, IsolationLevel.READ_COMMITTED)
        .forEach((partition, end) -> old.put(partition, RecordsToDelete.beforeOffset(end)));
    var _ = Lab.await("room on its disk", admin.deleteRecords(old).all().toCompletionStage());
  }

  @Override
  public void close() {
    admin.close();
  }
}
