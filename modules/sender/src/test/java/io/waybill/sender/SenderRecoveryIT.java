package io.waybill.sender;

import static io.waybill.sender.ScriptedChannel.delivered;
import static io.waybill.sender.ScriptedChannel.now;
import static io.waybill.sender.TestTasks.HOOK;
import static io.waybill.sender.TestTasks.aTask;
import static io.waybill.sender.TestTasks.destination;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.channel.Attempt;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DestinationId;
import io.waybill.domain.Outcome;
import io.waybill.domain.RetryPolicy;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.wire.Codecs;
import io.waybill.wire.SchemaRegistry;
import io.waybill.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds when sends hang, producers are fenced, members come and go. */
@Tag("long")
class SenderRecoveryIT {
  private static final String TASKS = Topics.tasks(Installation.TYPE);
  private Installation kafka;

  @BeforeEach
  void start(@TempDir Path folder) {
    kafka = new Installation(folder);
    kafka.publish(destination(HOOK, 1, 1));
  }

  @AfterEach
  void stop() {
    kafka.close();
  }

  private static List<Task> tasks(int count) {
    return IntStream.range(0, count)
        .mapToObj(_ -> aTask().firstDueAt(Instant.now().truncatedTo(ChronoUnit.MILLIS)).build())
        .toList();
  }

  private static List<TaskId> ids(List<Task> tasks) {
    return tasks.stream().map(Task::taskId).toList();
  }

  @Test
  void recordsWhatEndsBehindARecordThatHangsAndNamesItInTheCommit() {
    List<Task> tasks = tasks(50);
    Task hanging = tasks.get(10);
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    ScriptedChannel channel =
        new ScriptedChannel(attempt -> attempt.task().equals(hanging) ? end : now(delivered()));
    try (Sender sender =
        kafka.sender("one", channel, Installation.limits(100, 100), kafka.codecs)) {
      sender.start();
      kafka.publish(0, tasks);
      assertThat(kafka.awaitEvents(49))
          .hasSize(49)
          .extracting(TaskEvent::taskId)
          .doesNotContain(hanging.taskId());
      await().until(() -> completeBeyond(10).equals(List.of(new OffsetRange(11, 50))));

      end.complete(delivered());
      assertThat(kafka.awaitEvents(50))
          .extracting(TaskEvent::taskId)
          .containsExactlyInAnyOrderElementsOf(ids(tasks));
      await().until(() -> completeBeyond(50).isEmpty());
    }
    assertThat(channel.attempts()).hasSize(50);
  }

  /** What the commit of the first partition names, once it stands at that offset. */
  private List<OffsetRange> completeBeyond(long offset) {
    await().until(() -> kafka.committed(TASKS, 0) == offset);
    OffsetAndMetadata commit = kafka.commit(TASKS, 0).orElseThrow();
    return CommitNote.of(new TopicPartition(TASKS, 0), commit).orElseThrow().complete();
  }

  @Test
  void sendsAgainWhateverANoteThatIsNotBeyondDoubtNames() {
    List<Task> tasks = tasks(20);
    OffsetAndMetadata note =
        new CommitNote(1, 1, 5, List.of(new OffsetRange(6, 15)))
            .toCommit(new TopicPartition(TASKS, 0));
    kafka.publish(0, tasks);
    kafka.setCommit(TASKS, 0, new OffsetAndMetadata(4, note.metadata()));
    ScriptedChannel doubtful = ScriptedChannel.deliversAll();
    try (Sender sender = kafka.sender("one", doubtful)) {
      sender.start();
      assertThat(kafka.awaitEvents(16)).hasSize(16);
    }
    assertThat(doubtful.taskIds()).containsExactlyInAnyOrderElementsOf(ids(tasks.subList(4, 20)));

    kafka.setCommit(TASKS, 0, note);
    ScriptedChannel believed = ScriptedChannel.deliversAll();
    try (Sender sender = kafka.sender("one", believed)) {
      sender.start();
      await().until(() -> kafka.committed(TASKS, 0) == 20);
    }
    List<Task> expected = new ArrayList<>(tasks.subList(15, 20));
    expected.add(tasks.get(5));
    assertThat(believed.taskIds()).containsExactlyInAnyOrderElementsOf(ids(expected));
  }

  @Test
  void holdsNoMoreOfAPartitionThanItsLimitAndSendsOtherPartitionsOn() {
    List<Task> behind = tasks(300);
    List<Task> others = tasks(100);
    Set<TaskId> hanging = new HashSet<>(ids(behind));
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    ScriptedChannel channel =
        new ScriptedChannel(
            attempt -> hanging.contains(attempt.task().taskId()) ? end : now(delivered()));
    try (Sender sender = kafka.sender("one", channel, Installation.limits(100, 40), kafka.codecs)) {
      sender.start();
      kafka.publish(0, behind);
      await().until(() -> channel.attempts().size() > 25);
      kafka.publish(1, others);
      assertThat(kafka.awaitEvents(100)).hasSize(100);
      assertThat(channel.attempts()).hasSizeBetween(126, 140);

      end.complete(delivered());
      assertThat(kafka.awaitEvents(400)).hasSize(400);
    }
  }

  @Test
  void goesOnAfterItsProducerWasFencedAndWritesNoEventTwice() {
    List<Task> tasks = tasks(60);
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    Set<TaskId> held = new HashSet<>(ids(tasks.subList(20, 40)));
    ScriptedChannel channel =
        new ScriptedChannel(
            attempt -> held.contains(attempt.task().taskId()) ? end : now(delivered()));
    try (Sender sender = kafka.sender("one", channel)) {
      sender.start();
      kafka.publish(0, tasks);
      await().until(() -> kafka.committed(TASKS, 0) == 20);
      await().until(() -> channel.attempts().size() == 60);

      kafka.fence("one");
      end.complete(delivered());

      List<TaskEvent> events = kafka.awaitEvents(60);
      assertThat(events)
          .extracting(TaskEvent::taskId)
          .containsExactlyInAnyOrderElementsOf(ids(tasks));
      await().until(() -> kafka.committed(TASKS, 0) == 60);
      await().until(() -> sender.health().isHealthy());
    }
    // The lost batch was written again, its attempts were not made again.
    assertThat(channel.attempts()).hasSize(60);
  }

  @Test
  void handsPartitionsOverWithoutLossAndWithoutAnEventTwice() {
    List<DestinationId> hooks =
        IntStream.range(0, 20).mapToObj(i -> new DestinationId("hook-" + i)).toList();
    hooks.forEach(id -> kafka.publish(destination(id, 1, 1)));
    List<Task> tasks = new ArrayList<>();
    Function<Attempt, CompletionStage<Outcome>> slow =
        _ ->
            CompletableFuture.supplyAsync(
                ScriptedChannel::delivered,
                CompletableFuture.delayedExecutor(30, TimeUnit.MILLISECONDS));
    ScriptedChannel first = new ScriptedChannel(slow);
    ScriptedChannel second = new ScriptedChannel(slow);
    SenderLimits limits = Installation.limits(20, 60);
    try (Sender one = kafka.sender("one", first, limits, kafka.codecs)) {
      one.start();
      publishUntil(() -> first.attempts().size() > 100, hooks, tasks);
      try (Sender two = kafka.sender("two", second, limits, kafka.codecs)) {
        two.start();
        publishUntil(() -> second.attempts().size() > 200, hooks, tasks);
      }
      int sentByFirst = first.attempts().size();
      publishUntil(() -> first.attempts().size() > sentByFirst + 200, hooks, tasks);
      assertThat(kafka.awaitEvents(tasks.size()))
          .extracting(TaskEvent::taskId)
          .containsExactlyInAnyOrderElementsOf(ids(tasks));
    }
    // Both left in peace, so nothing was sent twice either.
    assertThat(Stream.concat(first.taskIds().stream(), second.taskIds().stream()))
        .doesNotHaveDuplicates();
  }

  @Test
  void givesUpASendThatOutlastsTheDrainAndDropsItsLateResult() {
    List<Task> tasks = tasks(60);
    List<TaskId> hanging = ids(List.of(tasks.get(5), tasks.get(25), tasks.get(45)));
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    ScriptedChannel first =
        new ScriptedChannel(
            attempt -> hanging.contains(attempt.task().taskId()) ? end : now(delivered()));
    ScriptedChannel second = ScriptedChannel.deliversAll();
    SenderLimits limits = Installation.limits(100, 100);
    try (Sender one = kafka.sender("one", first, limits, kafka.codecs)) {
      one.start();
      for (int partition = 0; partition < 3; partition++) {
        kafka.publish(partition, tasks.subList(20 * partition, 20 * partition + 20));
      }
      await().until(() -> first.attempts().size() == 60);
      assertThat(kafka.awaitEvents(57)).hasSize(57);
      try (Sender two = kafka.sender("two", second, limits, kafka.codecs)) {
        two.start();
        // Of each partition it gets, one or two of the three, the task that hangs and no other.
        await().atMost(Duration.ofSeconds(30)).until(() -> !second.attempts().isEmpty());
        assertThat(kafka.awaitEvents(58)).hasSizeGreaterThanOrEqualTo(58);

        end.complete(new Outcome.Delivered("late", Optional.empty(), Duration.ZERO));
        List<TaskEvent> events = kafka.awaitEvents(60);
        assertThat(events)
            .extracting(TaskEvent::taskId)
            .containsExactlyInAnyOrderElementsOf(ids(tasks));
        assertThat(events)
            .filteredOn(event ->
                event.transition() instanceof TaskTransition.Delivered delivered
                    && delivered.answer().equals("late"))
            .extracting(TaskEvent::taskId)
            .hasSize(3 - second.attempts().size())
            .doesNotContainAnyElementsOf(second.taskIds());
        assertThat(hanging).containsAll(second.taskIds());
      }
    }
  }

  private void publishUntil(
      Callable<Boolean> condition, List<DestinationId> hooks, List<Task> published) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          for (DestinationId hook : hooks) {
            Task task =
                aTask().firstDueAt(Instant.now().truncatedTo(ChronoUnit.MILLIS)).to(hook).build();
            kafka.publish(task);
            published.add(task);
          }
          return condition.call();
        });
  }

  @Test
  void drainsWhenItIsClosedAndLeavesTheRestForTheNext() {
    List<Task> tasks = tasks(30);
    Task never = tasks.get(20);
    ScriptedChannel channel =
        new ScriptedChannel(attempt ->
            attempt.task().equals(never)
                ? new CompletableFuture<>()
                : CompletableFuture.supplyAsync(
                    ScriptedChannel::delivered,
                    CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS)));
    Sender sender = kafka.sender("one", channel, Installation.limits(100, 100), kafka.codecs);
    sender.start();
    kafka.publish(0, tasks);
    await().until(() -> channel.attempts().size() == 30);
    sender.close();
    sender.close();
    assertThat(sender.health().isHealthy()).isFalse();
    assertThat(kafka.committed(TASKS, 0)).isEqualTo(20);
    assertThat(kafka.awaitEvents(29)).hasSize(29);

    ScriptedChannel next = ScriptedChannel.deliversAll();
    try (Sender successor = kafka.sender("one", next)) {
      successor.start();
      List<TaskEvent> events = kafka.awaitEvents(30);
      assertThat(events)
          .extracting(TaskEvent::taskId)
          .containsExactlyInAnyOrderElementsOf(ids(tasks));
      assertThat(events).extracting(TaskEvent::attempt).containsOnly(1);
    }
    assertThat(next.taskIds()).containsExactly(never.taskId());
  }

  @Test
  void waitsForARegistryThatIsAwayAndBuriesNothing() {
    List<Task> tasks = tasks(5);
    ScriptedChannel channel = ScriptedChannel.deliversAll();
    kafka.codecs.tasks().encode(TASKS, tasks.getFirst());
    // Codecs of its own, so that it has to ask for the task's schema.
    try (Sender sender =
        kafka.sender("one", channel, SenderLimits.defaults(), new Codecs(kafka.registry))) {
      sender.start();
      kafka.registry.setAvailable(false);
      kafka.publish(0, tasks);
      await()
          .untilAsserted(() ->
              assertThat(sender.health().problems())
                  .anyMatch(problem -> problem.contains("wait for the schema registry")));
      assertThat(channel.attempts()).isEmpty();

      kafka.registry.setAvailable(true);
      assertThat(kafka.awaitEvents(5))
          .extracting(TaskEvent::taskId)
          .containsExactlyInAnyOrderElementsOf(ids(tasks));
      await().until(() -> sender.health().isHealthy());
    }
  }

  @Test
  void startsItsLoopAgainAfterABugAndWritesNoEventTwice() {
    List<Task> tasks = tasks(40);
    ScriptedChannel channel = ScriptedChannel.deliversAll();
    AtomicBoolean bug = new AtomicBoolean(true);
    SchemaRegistry buggy =
        new SchemaRegistry() {
          @Override
          public int register(String subject, String schema) {
            return kafka.registry.register(subject, schema);
          }

          @Override
          public String schemaById(int id) {
            String schema = kafka.registry.schemaById(id);
            if (schema.contains("\"Task\"") && bug.get()) {
              throw new IllegalStateException("a bug in the registry's client");
            }
            return schema;
          }
        };
    try (Sender sender = kafka.sender("one", channel, SenderLimits.defaults(), new Codecs(buggy))) {
      sender.start();
      kafka.publish(0, tasks);
      await()
          .untilAsserted(() ->
              assertThat(sender.health().problems())
                  .anyMatch(problem -> problem.contains("the poll loop failed")));
      assertThat(channel.attempts()).isEmpty();

      bug.set(false);
      assertThat(kafka.awaitEvents(40))
          .extracting(TaskEvent::taskId)
          .containsExactlyInAnyOrderElementsOf(ids(tasks));
      await().until(() -> sender.health().isHealthy());
    }
  }

  @Test
  void saysWhatIsWrongWhenItCannotStart() {
    Sender sender =
        new Sender(
            new SenderConfig(
                Installation.TYPE,
                "one",
                Map.of("bootstrap.servers", "127.0.0.1:1"),
                SenderLimits.defaults(),
                RetryPolicy.defaults(),
                BreakerPolicy.defaults(),
                Duration.ofSeconds(2)),
            kafka.codecs,
            ScriptedChannel.deliversAll(),
            InstantSource.system(),
            new SplittableRandom(1));
    assertThat(sender.health().isHealthy()).isFalse();
    assertThatThrownBy(sender::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("webhook")
        .hasMessageContaining("bootstrap.servers");
    assertThat(sender.health().isHealthy()).isFalse();
    sender.close();
    assertThatThrownBy(sender::start).hasMessageContaining("once");
  }
}
