package io.waybill.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the reader goes on when its consumer fails; reading itself is tested with a broker. */
class TopicFeedTest {
  private static final String TOPIC = "topic";
  private static final String HELPFUL = "helpful";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
  private static final Duration SOON = Duration.ofSeconds(10);

  private final MockConsumer<byte[], byte[]> first = consumer();
  private final MockConsumer<byte[], byte[]> second = consumer();
  private final Deque<MockConsumer<byte[], byte[]>> consumers =
      new ArrayDeque<>(List.of(first, second));
  private final TopicFeed feed = new TopicFeed(consumers::pop);
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

  private static MockConsumer<byte[], byte[]> consumer() {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    consumer.updatePartitions(TOPIC, partitions(TOPIC));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, 5L));
    return consumer;
  }

  private static List<PartitionInfo> partitions(String topic) {
    Node node = new Node(0, "localhost", 9092);
    return List.of(new PartitionInfo(topic, 0, node, new Node[] {node}, new Node[] {node}));
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset) {
    return new ConsumerRecord<>(
        TOPIC, 0, offset, "k".getBytes(UTF_8), ("v" + offset).getBytes(UTF_8));
  }

  @AfterEach
  void close() {
    feed.close();
  }

  private void follow(TopicFeed.Visitor visitor) throws Exception {
    feed.call(
            reads -> {
              reads.follow(TOPIC, visitor);
              return true;
            })
        .get(10, TimeUnit.SECONDS);
  }

  private void see(ConsumerRecord<byte[], byte[]> record) {
    seen.add(new String(record.value(), UTF_8));
  }

  @Test
  void followsFromTheEndAndGoesOnWhereItWasWithAnotherConsumer() throws Exception {
    follow(this::see);
    first.schedulePollTask(() -> first.addRecord(record(5)));
    Awaitility.await().atMost(SOON).until(() -> seen.contains("v5"));

    first.schedulePollTask(() -> first.setPollException(new KafkaException("the broker is gone")));
    Awaitility.await().atMost(SOON).until(consumers::isEmpty);
    second.schedulePollTask(() -> {
      second.addRecord(record(5));
      second.addRecord(record(6));
    });

    Awaitility.await().atMost(SOON).until(() -> seen.contains("v6"));
    assertThat(seen).as("nothing twice, nothing passed over").containsExactly("v5", "v6");
    assertThat(first.closed()).isTrue();
  }

  @Test
  void readsARecordAgainThatItsVisitorCouldNotTake() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    follow(record -> {
      if (calls.getAndIncrement() == 0) {
        throw new IllegalStateException("the registry is away");
      }
      see(record);
    });
    first.schedulePollTask(() -> first.addRecord(record(5)));
    Awaitility.await().atMost(SOON).until(consumers::isEmpty);
    second.schedulePollTask(() -> second.addRecord(record(5)));

    Awaitility.await().atMost(SOON).until(() -> seen.contains("v5"));
    assertThat(calls).hasValue(2);
  }

  @Test
  void tellsOfWhatDoesNotPassByItself() throws Exception {
    List<RuntimeException> told = Collections.synchronizedList(new ArrayList<>());
    feed.onFailure(told::add);
    follow(this::see);

    first.schedulePollTask(
        () -> first.setPollException(new TopicAuthorizationException(java.util.Set.of(TOPIC))));

    Awaitility.await().atMost(SOON).until(() -> !told.isEmpty());
    assertThat(told.get(0)).isInstanceOf(TopicAuthorizationException.class);
  }

  /**
   * Whoever may not read what only helps goes on with the rest, and nobody is told of a failure.
   */
  @Test
  void doesWithoutADispensableTopicThatMayNotBeRead() throws Exception {
    List<RuntimeException> told = Collections.synchronizedList(new ArrayList<>());
    feed.onFailure(told::add);
    follow(this::see);
    for (MockConsumer<byte[], byte[]> consumer : List.of(first, second)) {
      consumer.updatePartitions(HELPFUL, partitions(HELPFUL));
      consumer.updateEndOffsets(Map.of(new TopicPartition(HELPFUL, 0), 0L));
    }
    assertThat(
            feed.call(reads -> reads.followIfAllowed(HELPFUL, this::see)).get(10, TimeUnit.SECONDS))
        .isTrue();

    first.schedulePollTask(
        () -> first.setPollException(new TopicAuthorizationException(java.util.Set.of(HELPFUL))));
    Awaitility.await().atMost(SOON).until(consumers::isEmpty);
    second.schedulePollTask(() -> second.addRecord(record(5)));

    Awaitility.await().atMost(SOON).until(() -> seen.contains("v5"));
    assertThat(second.assignment()).containsExactly(PARTITION);
    assertThat(told).isEmpty();
    assertThat(
            feed.call(reads -> reads.followIfAllowed("other", this::see)).get(10, TimeUnit.SECONDS))
        .as("and without one that is not there")
        .isFalse();
  }

  @Test
  void aTopicThatIsNotThereIsSaid() {
    assertThatThrownBy(
            () -> feed.call(reads -> reads.partitions("other")).get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(WaybillException.class)
        .hasMessageContaining("no topic other");
  }

  @Test
  void takesNoJobsWhenItIsClosed() {
    feed.close();

    assertThat(feed.call(reads -> true)).isCompletedExceptionally();
  }
}
