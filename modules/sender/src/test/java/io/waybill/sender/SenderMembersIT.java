package io.waybill.sender;

import static io.waybill.sender.TestTasks.aTask;
import static io.waybill.sender.TestTasks.destination;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DestinationId;
import io.waybill.domain.Outcome;
import io.waybill.domain.Task;
import io.waybill.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Members come and go under load. A destination's tasks and express tasks lie in partitions of the
 * same number, and one process must own both: its lane keeps the destination's cap.
 */
@Tag("long")
class SenderMembersIT {
  private static final int CAP = 4;
  private static final int PARTITIONS = 3;
  private static final Duration SOON = Duration.ofSeconds(60);

  private Installation kafka;
  private Admin admin;
  private final List<Task> published = new ArrayList<>();
  private final Map<String, Sender> members = new LinkedHashMap<>();
  private int settledMoments;

  @BeforeEach
  void start(@TempDir Path folder) {
    kafka = new Installation(folder);
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
  }

  @AfterEach
  void stop() {
    members.values().forEach(Sender::close);
    admin.close();
    kafka.close();
  }

  private List<DestinationId> hooks(String name, int count) {
    List<DestinationId> ids =
        IntStream.range(0, count).mapToObj(i -> new DestinationId(name + "-" + i)).toList();
    ids.forEach(id -> kafka.publish(destination(id, 1, 1)));
    return ids;
  }

  private void join(String instance, CountingReceivers receivers, Duration drain) {
    SenderLimits limits =
        new SenderLimits(
            200,
            100,
            1_000_000,
            1_000_000,
            Duration.ofMillis(20),
            1_000,
            drain,
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            new LaneLimits(CAP, Double.POSITIVE_INFINITY, 10_000));
    Sender sender = kafka.sender(instance, receivers.channel(), limits, kafka.codecs);
    sender.start();
    members.put(instance, sender);
  }

  private void leave(String instance) {
    members.remove(instance).close();
  }

  @Test
  void siblingsStayTogetherAndNoCapIsExceededWhileMembersComeAndGo() {
    List<DestinationId> hooks = hooks("hook", 9);
    CountingReceivers receivers = new CountingReceivers(_ -> Duration.ofMillis(200));
    Duration drain = Duration.ofSeconds(5);

    join("one", receivers, drain);
    underLoad(hooks, receivers, () -> isSettled(1));
    join("two", receivers, drain);
    underLoad(hooks, receivers, () -> isSettled(2));
    join("three", receivers, drain);
    underLoad(hooks, receivers, () -> isSettled(3));
    leave("one");
    underLoad(hooks, receivers, () -> isSettled(2));
    join("four", receivers, drain);
    leave("three");
    underLoad(hooks, receivers, () -> isSettled(2));
    leave("two");
    underLoad(hooks, receivers, () -> isSettled(1));

    assertOneEventEach();
    assertThat(receivers.received())
        .as("all drains were quick enough, so nothing came twice")
        .hasSameSizeAs(published);
    assertThat(hooks).extracting(receivers::most).as("caps, reached and kept").containsOnly(CAP);
    assertThat(settledMoments).isGreaterThan(5);
  }

  @Test
  void whatADrainGivesUpIsAllThatExceedsACapAndAllThatIsRepeated() {
    List<DestinationId> slow = hooks("slow", 6);
    CountingReceivers receivers = new CountingReceivers(_ -> Duration.ofMillis(3_500));
    Duration drain = Duration.ofMillis(300);
    join("one", receivers, drain);
    for (DestinationId hook : slow) {
      IntStream.range(0, 3 * CAP).forEach(_ -> publish(hook, 5));
    }
    await().atMost(SOON).until(() -> receivers.underWay() == CAP * slow.size());
    join("two", receivers, drain);
    await().atMost(SOON).until(() -> isSettled(2));

    assertOneEventEach();
    int repeated = receivers.received().size() - published.size();
    assertThat(repeated).as("sends that were given up").isBetween(1, CAP * slow.size());
    assertThat(new HashSet<>(receivers.received())).hasSameSizeAs(published);
    assertThat(slow)
        .extracting(receivers::most)
        .allSatisfy(most -> assertThat(most).isBetween(CAP, 2 * CAP));
  }

  @Test
  void aStopRecordsWhatHasEndedAlthoughItsProducerWasFenced() {
    List<DestinationId> hooks = hooks("hook", 5);
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    ScriptedChannel channel = new ScriptedChannel(_ -> end);
    Sender sender = kafka.sender("one", channel);
    sender.start();
    hooks.forEach(hook -> publish(hook, 5));
    await().atMost(SOON).until(() -> channel.attempts().size() == hooks.size());
    kafka.fence("one");
    // It drains, and learns of the fence by its last commit only.
    Thread closing = Thread.ofVirtual().start(sender::close);
    await().pollDelay(Duration.ofMillis(500)).until(() -> true);
    end.complete(ScriptedChannel.delivered());
    await().atMost(SOON).until(() -> !closing.isAlive());

    assertOneEventEach();
    ScriptedChannel next = ScriptedChannel.deliversAll();
    try (Sender successor = kafka.sender("two", next)) {
      successor.start();
      publish(hooks.getFirst(), 5);
      assertOneEventEach();
    }
    assertThat(next.attempts()).as("none of the others came again").hasSize(1);
  }

  private void publish(DestinationId hook, int priority) {
    Task task =
        aTask()
            .to(hook)
            .priority(priority)
            .firstDueAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
            .build();
    kafka.publish(task);
    published.add(task);
  }

  /**
   * Keeps every lane full, express tasks among the others, until the condition holds and longer.
   */
  private void underLoad(
      List<DestinationId> hooks, CountingReceivers receivers, Callable<Boolean> condition) {
    int before = receivers.received().size();
    await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(SOON)
        .until(() -> {
          if (published.size() - receivers.received().size() < 6 * CAP * hooks.size()) {
            for (DestinationId hook : hooks) {
              IntStream.range(0, CAP).forEach(_ -> publish(hook, 5));
              publish(hook, 9);
            }
          }
          return condition.call() && receivers.received().size() > before + 10 * hooks.size();
        });
  }

  private void assertOneEventEach() {
    assertThat(kafka.awaitEvents(published.size()))
        .extracting(TaskEvent::taskId)
        .containsExactlyInAnyOrderElementsOf(published.stream().map(Task::taskId).toList());
  }

  /** Whether so many members have what they should have; then siblings must be together. */
  private boolean isSettled(int count) {
    ConsumerGroupDescription group = group();
    Collection<MemberDescription> found = group.members();
    boolean isSettled =
        group.groupState() == GroupState.STABLE
            && found.stream()
                .allMatch(member ->
                    member.targetAssignment().isEmpty()
                        || member.targetAssignment().get().equals(member.assignment()));
    if (!isSettled) {
      return false;
    }
    settledMoments++;
    Set<TopicPartition> owned = new HashSet<>();
    for (MemberDescription member : found) {
      Set<TopicPartition> partitions = member.assignment().topicPartitions();
      assertThat(numbers(partitions, Topics.tasks(Installation.TYPE)))
          .as("siblings of %s", partitions)
          .isEqualTo(numbers(partitions, Topics.expressTasks(Installation.TYPE)));
      owned.addAll(partitions);
    }
    return found.size() == count && owned.size() == 2 * PARTITIONS;
  }

  private static Set<Integer> numbers(Set<TopicPartition> partitions, String topic) {
    return partitions.stream()
        .filter(partition -> partition.topic().equals(topic))
        .map(TopicPartition::partition)
        .collect(Collectors.toSet());
  }

  private ConsumerGroupDescription group() {
    String id = SenderConfig.groupId(Installation.TYPE);
    try {
      return admin
          .describeConsumerGroups(List.of(id))
          .describedGroups()
          .get(id)
          .get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("the group is not known", e);
    }
  }
}
