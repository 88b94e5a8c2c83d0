package io.waybill.sender;

import static io.waybill.sender.ScriptedChannel.delivered;
import static io.waybill.sender.ScriptedChannel.now;
import static io.waybill.sender.TestTasks.HOOK;
import static io.waybill.sender.TestTasks.aTask;
import static io.waybill.sender.TestTasks.destination;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Outcome;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import io.waybill.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one destination does to others, against a real broker. */
class SenderLanesIT {
  private static final DestinationId GOOD = new DestinationId("good");
  private Installation kafka;

  @BeforeEach
  void start(@TempDir Path folder) {
    kafka = new Installation(folder);
    kafka.publish(destination(HOOK, 1, 5));
    kafka.publish(destination(GOOD, 1, 5));
  }

  @AfterEach
  void stop() {
    kafka.close();
  }

  private static List<Task> tasks(DestinationId to, int count) {
    Instant due = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    return IntStream.range(0, count).mapToObj(_ -> aTask().to(to).firstDueAt(due).build()).toList();
  }

  @Test
  void leavesADestinationAloneThatFailsAtNoAttemptAndSendsToOthers() {
    ScriptedChannel channel =
        new ScriptedChannel(attempt ->
            now(
                attempt.destination().id().equals(GOOD)
                    ? delivered()
                    : new Outcome.Transient(
                        Reason.CONNECTION_REFUSED,
                        "nobody listens",
                        Optional.empty(),
                        Duration.ZERO)));
    List<Task> failing = tasks(HOOK, 5);
    List<Task> later = tasks(HOOK, 20);
    List<Task> good = tasks(GOOD, 20);
    try (Sender sender = kafka.sender("one", channel)) {
      sender.start();
      kafka.publish(0, failing);
      assertThat(kafka.awaitParked(5)).extracting(ParkedTask::reason).containsOnly(Reason.RETRY);

      Instant before = Instant.now();
      kafka.publish(0, later);
      kafka.publish(0, good);
      List<ParkedTask> parked = kafka.awaitParked(25).subList(5, 25);
      assertThat(parked)
          .allSatisfy(task -> {
            assertThat(task.reason()).isEqualTo(Reason.BREAKER_OPEN);
            assertThat(task.task().attempts()).isZero();
            assertThat(task.dueAt()).isAfter(before.plusSeconds(30));
          });
      assertThat(parked).extracting(ParkedTask::task).containsExactlyInAnyOrderElementsOf(later);
      assertThat(kafka.awaitEvents(45))
          .filteredOn(event -> event.destinationId().equals(GOOD))
          .extracting(TaskEvent::taskId)
          .containsExactlyInAnyOrderElementsOf(good.stream().map(Task::taskId).toList());
    }
    assertThat(channel.attempts())
        .filteredOn(attempt -> attempt.destination().id().equals(HOOK))
        .hasSize(5);
  }

  /** More hang than a partition holds, before those of another destination in the same one. */
  @Test
  void aDestinationThatHangsDoesNotHoldUpOthersOfItsPartition() {
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    ScriptedChannel channel =
        new ScriptedChannel(
            attempt -> attempt.destination().id().equals(GOOD) ? now(delivered()) : end);
    List<Task> hanging = tasks(HOOK, 300);
    List<Task> good = tasks(GOOD, 50);
    SenderLimits plain = Installation.limits(200, 80);
    SenderLimits limits =
        new SenderLimits(
            plain.inFlight(),
            plain.perPartition(),
            plain.bytes(),
            plain.payloadCacheBytes(),
            plain.commitInterval(),
            plain.batchRecords(),
            plain.revokeDrain(),
            plain.closeWithin(),
            plain.watchdogGrace(),
            new LaneLimits(10, Double.POSITIVE_INFINITY, 10));
    try (Sender sender = kafka.sender("one", channel, limits, kafka.codecs)) {
      sender.start();
      kafka.publish(0, hanging);
      kafka.publish(0, good);
      List<ParkedTask> parked = kafka.awaitParked(280);
      // Ten under way, and ten that wait at most: fewer once others are at work.
      assertThat(parked)
          .hasSizeBetween(280, 290)
          .allSatisfy(task -> {
            assertThat(task.reason()).isEqualTo(Reason.OVERFLOW);
            assertThat(task.task().destinationId()).isEqualTo(HOOK);
          });
      await()
          .untilAsserted(() ->
              assertThat(kafka.awaitEvents(330))
                  .filteredOn(event -> event.destinationId().equals(GOOD))
                  .hasSize(50));
      end.complete(delivered());
      assertThat(kafka.awaitEvents(350)).hasSize(350);
      assertThat(channel.attempts()).hasSize(350 - kafka.awaitParked(280).size());
    }
  }

  /**
   * Full by sends under way, or by the bytes of what was read: ordinary partitions are paused, and
   * what goes on is polling. So many bytes are twenty records, and one poll brings a hundred at
   * most.
   */
  @ParameterizedTest(name = "{0} sends, {1} bytes")
  @CsvSource({"20, 10000000, 16, 16", "400, 60000, 15, 130"})
  void sendsAnExpressTaskAtOnceWhileItIsFullOfOrdinaryOnes(
      int inFlight, long bytes, int least, int most) {
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    ScriptedChannel channel =
        new ScriptedChannel(attempt -> attempt.task().isExpress() ? now(delivered()) : end);
    SenderLimits plain = Installation.limits(inFlight, 400);
    SenderLimits limits =
        new SenderLimits(
            inFlight,
            plain.perPartition(),
            bytes,
            plain.payloadCacheBytes(),
            plain.commitInterval(),
            plain.batchRecords(),
            plain.revokeDrain(),
            plain.closeWithin(),
            plain.watchdogGrace(),
            plain.lane());
    List<Task> ordinary =
        IntStream.range(0, 200)
            .mapToObj(_ ->
                ordered(HOOK)
                    .payload(new TaskPayload.Inline(RawJson.of("\"" + "x".repeat(2_500) + "\"")))
                    .build())
            .toList();
    List<Task> express =
        List.of(ordered(GOOD).priority(10).build(), ordered(HOOK).priority(10).build());
    try (Sender sender = kafka.sender("one", channel, limits, kafka.codecs)) {
      sender.start();
      kafka.publish(0, ordinary);
      await().until(() -> channel.attempts().size() >= least);
      await()
          .during(Duration.ofMillis(500))
          .atMost(Duration.ofSeconds(10))
          .until(() -> channel.attempts().size() <= most);
      int full = channel.attempts().size();

      express.forEach(kafka::publish);
      await().atMost(Duration.ofSeconds(2)).until(() -> channel.attempts().size() == full + 2);
      assertThat(channel.taskIds().subList(full, full + 2))
          .containsExactlyInAnyOrderElementsOf(express.stream().map(Task::taskId).toList());

      end.complete(delivered());
      assertThat(kafka.awaitEvents(202)).hasSize(202);
    }
    assertThat(channel.attempts()).hasSize(202);
  }

  private static TestTasks.ATask ordered(DestinationId to) {
    return aTask().to(to).firstDueAt(Instant.now().truncatedTo(ChronoUnit.MILLIS));
  }

  /** The first of a partition hangs: that is a lag of one, not of all that was done behind it. */
  @Test
  void theLagIsWhatHasNotEnded() {
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    ScriptedChannel channel =
        new ScriptedChannel(
            attempt -> attempt.destination().id().equals(GOOD) ? now(delivered()) : end);
    kafka.publish(0, tasks(HOOK, 1));
    kafka.publish(0, tasks(GOOD, 100));
    kafka.publish(1, tasks(GOOD, 10));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
        Sender sender = kafka.sender("one", channel)) {
      assertThat(lag(admin)).as("before anybody has read").isEqualTo(111);
      sender.start();

      await().untilAsserted(() -> assertThat(lag(admin)).isEqualTo(1));
      await()
          .untilAsserted(() ->
              assertThat(sender.load().deepest())
                  .containsExactly(
                      new SenderLoad.Depth(HOOK, SenderLoad.BreakerState.CLOSED, 0, 1, 0)));
      assertThat(sender.load().inFlight()).isOne();
      assertThat(sender.load().bufferedBytes()).isPositive();

      end.complete(delivered());
      await().untilAsserted(() -> assertThat(lag(admin)).isZero());
      await().untilAsserted(() -> assertThat(sender.load().bufferedBytes()).isZero());
      assertThat(sender.load().lanes()).isEqualTo(new SenderLoad.LaneStates(2, 0, 0));
    }
  }

  private static long lag(Admin admin) {
    String topic = Topics.tasks(DestinationType.WEBHOOK);
    return new GroupLag(admin, Duration.ofSeconds(10))
        .of(SenderConfig.groupId(DestinationType.WEBHOOK), List.of(topic))
        .getOrDefault(topic, -1L);
  }
}
