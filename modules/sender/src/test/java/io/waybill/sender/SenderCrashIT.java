package io.waybill.sender;

import static io.waybill.sender.TestTasks.HOOK;
import static io.waybill.sender.TestTasks.aTask;
import static io.waybill.sender.TestTasks.destination;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.Outcome;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.testkit.BrokerProcess;
import io.waybill.testkit.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What holds when a process is killed or stands still, and when the broker is. */
@Tag("long")
class SenderCrashIT {
  private static final int IN_FLIGHT = 20;
  private static final int HELD_PER_PARTITION = 60;
  private static final int PARTITIONS = 3;
  private static final Duration WITHIN = Duration.ofSeconds(60);

  /** Soon known to be gone. */
  private static final Map<String, String> QUICK =
      Map.of(
          "group.consumer.session.timeout.ms", "3000",
          "group.consumer.heartbeat.interval.ms", "500");

  @TempDir Path folder;

  private static List<Task> tasks(int count) {
    return IntStream.range(0, count)
        .mapToObj(_ -> aTask().firstDueAt(Instant.now().truncatedTo(ChronoUnit.MILLIS)).build())
        .toList();
  }

  private static void publishEverywhere(Installation kafka, List<Task> tasks) {
    int share = tasks.size() / PARTITIONS;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      kafka.publish(partition, tasks.subList(partition * share, (partition + 1) * share));
    }
  }

  private static void assertOneEventEach(Installation kafka, List<Task> tasks) {
    assertThat(kafka.awaitEvents(tasks.size()))
        .extracting(TaskEvent::taskId)
        .containsExactlyInAnyOrderElementsOf(tasks.stream().map(Task::taskId).toList());
  }

  private ChildJvm child(Installation kafka, String instance, String output) {
    ChildJvm child =
        ChildJvm.start(
            ChildJvm.Launch.of(
                SenderChild.class, folder.resolve(output), kafka.bootstrap(), instance));
    child.awaitLine(Pattern.compile("^" + SenderChild.READY), WITHIN);
    return child;
  }

  private static List<TaskId> sentBy(ChildJvm child) {
    return child.lines().stream()
        .filter(line -> line.startsWith(SenderChild.SENT))
        .map(line -> new TaskId(line.substring(SenderChild.SENT.length())))
        .toList();
  }

  @DisplayName("F10: sends again after a kill what was not committed, and writes no event twice")
  @Test
  void sendsAgainAfterAKillWhatWasNotCommittedAndWritesNoEventTwice() {
    List<Task> tasks = tasks(1_500);
    List<TaskId> sent = new ArrayList<>();
    try (Installation kafka = new Installation(BrokerProcess.start(folder, 0, QUICK))) {
      kafka.publish(destination(HOOK, 1, 1));
      publishEverywhere(kafka, tasks);
      for (int life = 1; life <= 3; life++) {
        ChildJvm child = child(kafka, "one", "child-" + life);
        await().atMost(WITHIN).until(() -> sentBy(child).size() > 200);
        child.kill();
        sent.addAll(sentBy(child));
      }
      ScriptedChannel last = ScriptedChannel.deliversAll();
      try (Sender sender = kafka.sender("one", last)) {
        sender.start();
        assertOneEventEach(kafka, tasks);
      }
      sent.addAll(last.taskIds());
    }
    assertThat(new HashSet<>(sent)).hasSize(tasks.size());
    // What was in flight, and what ended since the last commit: far less than what is held.
    int again = sent.size() - tasks.size();
    System.out.println("sent again after three kills: " + again);
    assertThat(again).isLessThanOrEqualTo(3 * 3 * IN_FLIGHT);
  }

  @Test
  void aProcessThatStoodStillWritesNothingAboutWhatOthersTookOver() {
    List<Task> tasks = tasks(900);
    try (Installation kafka = new Installation(BrokerProcess.start(folder, 0, QUICK))) {
      kafka.publish(destination(HOOK, 1, 1));
      publishEverywhere(kafka, tasks);
      try (ChildJvm zombie = child(kafka, "zombie", "zombie")) {
        await().atMost(WITHIN).until(() -> sentBy(zombie).size() > 100);
        zombie.pause();
        try (Sender heir = kafka.sender("heir", ScriptedChannel.deliversAll())) {
          heir.start();
          assertOneEventEach(kafka, tasks);
          zombie.resume();
          // It is back in the group when it sends again, having dropped what it held.
          List<Task> more = new ArrayList<>(tasks);
          int before = sentBy(zombie).size();
          await()
              .atMost(WITHIN)
              .until(() -> {
                List<Task> next = tasks(30);
                publishEverywhere(kafka, next);
                more.addAll(next);
                return sentBy(zombie).size() > before + 50;
              });
          assertOneEventEach(kafka, more);
        }
      }
    }
  }

  @DisplayName("F1: a sender outlives a broker that is killed")
  @Test
  void outlivesABrokerThatIsKilled() {
    List<Task> tasks = tasks(900);
    ScriptedChannel channel =
        new ScriptedChannel(_ ->
            CompletableFuture.<Outcome>supplyAsync(
                ScriptedChannel::delivered,
                CompletableFuture.delayedExecutor(40, TimeUnit.MILLISECONDS)));
    BrokerProcess broker = BrokerProcess.start(folder, 0, QUICK);
    try (Installation kafka = new Installation(broker)) {
      kafka.publish(destination(HOOK, 1, 1));
      publishEverywhere(kafka, tasks);
      try (Sender sender =
          kafka.sender(
              "one", channel, Installation.limits(IN_FLIGHT, HELD_PER_PARTITION), kafka.codecs)) {
        sender.start();
        await().atMost(WITHIN).until(() -> channel.attempts().size() > 200);
        broker.kill();
        broker.restart();
        assertOneEventEach(kafka, tasks);
        await().atMost(WITHIN).until(() -> sender.health().isHealthy());
      }
    }
    assertThat(channel.attempts().size() - tasks.size())
        .isBetween(0, PARTITIONS * HELD_PER_PARTITION);
  }

  @Test
  void asksAgainForACommitThatWasNotAnsweredAndWritesNoEventTwice() {
    List<Task> tasks = tasks(900);
    ScriptedChannel channel =
        new ScriptedChannel(_ ->
            CompletableFuture.<Outcome>supplyAsync(
                ScriptedChannel::delivered,
                CompletableFuture.delayedExecutor(40, TimeUnit.MILLISECONDS)));
    Unanswered unanswered = new Unanswered();
    CommitRelay relay = CommitRelay.start();
    BrokerProcess broker =
        BrokerProcess.start(
            folder, relay.brokerPort(), Map.of("advertised.listeners", relay.advertised()));
    try (Installation kafka = new Installation(relay.before(broker));
        Sender sender =
            kafka.sender(
                "one", channel, Installation.limits(IN_FLIGHT, HELD_PER_PARTITION), kafka.codecs)) {
      kafka.publish(destination(HOOK, 1, 1));
      publishEverywhere(kafka, tasks);
      sender.start();
      await().atMost(WITHIN).until(() -> channel.attempts().size() > 200);
      relay.losesAnswers(true);
      await().atMost(WITHIN).until(() -> unanswered.commits() > 0);
      relay.losesAnswers(false);
      assertOneEventEach(kafka, tasks);
      await().atMost(WITHIN).until(() -> sender.health().isHealthy());
    } finally {
      unanswered.stop();
    }
    System.out.printf(
        "%d commits without an answer, %d of %d tasks sent again%n",
        relay.lost(), channel.attempts().size() - tasks.size(), tasks.size());
    assertThat(relay.lost()).isPositive();
    assertThat(new HashSet<>(channel.taskIds())).hasSize(tasks.size());
    assertThat(channel.attempts().size() - tasks.size()).isBetween(0, IN_FLIGHT);
  }

  /** Listens to what the writer says. */
  private static final class Unanswered extends AppenderBase<ILoggingEvent> {
    private final Logger logger = (Logger) LoggerFactory.getLogger(TransactionalWriter.class);
    private final AtomicInteger commits = new AtomicInteger();

    Unanswered() {
      start();
      logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getMessage().startsWith("commit not answered")) {
        commits.incrementAndGet();
      }
    }

    int commits() {
      return commits.get();
    }

    @Override
    public void stop() {
      logger.detachAppender(this);
      super.stop();
    }
  }
}
