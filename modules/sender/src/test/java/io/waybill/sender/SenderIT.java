package io.waybill.sender;

import static io.waybill.sender.ScriptedChannel.delivered;
import static io.waybill.sender.ScriptedChannel.now;
import static io.waybill.sender.TestTasks.HOOK;
import static io.waybill.sender.TestTasks.aTask;
import static io.waybill.sender.TestTasks.destination;
import static io.waybill.sender.TestTasks.withFallback;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.Control;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DestinationId;
import io.waybill.domain.Fallback;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.Outcome;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.RawBytes;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import io.waybill.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of tasks, against a real broker. */
class SenderIT {
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

  private static TestTasks.ATask aTaskDueNow() {
    return aTask().firstDueAt(Instant.now().truncatedTo(ChronoUnit.MILLIS));
  }

  @Test
  void sendsEachTaskOnceAndCommitsItWithItsEvent() {
    ScriptedChannel channel = ScriptedChannel.deliversAll();
    List<Task> tasks = IntStream.range(0, 200).mapToObj(_ -> aTaskDueNow().build()).toList();
    RecordMetadata last = null;
    try (Sender sender = kafka.sender("one", channel)) {
      sender.start();
      for (Task task : tasks) {
        last = kafka.publish(task);
      }
      List<TaskEvent> events = kafka.awaitEvents(200);

      assertThat(events)
          .extracting(TaskEvent::taskId)
          .containsExactlyInAnyOrderElementsOf(tasks.stream().map(Task::taskId).toList());
      assertThat(events)
          .allSatisfy(event -> {
            assertThat(event.attempt()).isEqualTo(1);
            assertThat(event.transition())
                .isEqualTo(
                    new TaskTransition.Delivered("200", Optional.of("ref"), Duration.ofMillis(3)));
          });
      assertThat(sender.health().problems()).isEmpty();
    }
    assertThat(channel.attempts()).hasSize(200);
    assertThat(kafka.committed(last.topic(), last.partition())).isEqualTo(last.offset() + 1);
  }

  @Test
  void parksWhatFailedAndBuriesItWhenItsAttemptsAreUsedUp() {
    ScriptedChannel channel =
        new ScriptedChannel(_ ->
            now(
                new Outcome.Transient(
                    Reason.HTTP_TRANSIENT, "answered 503", Optional.empty(), Duration.ZERO)));
    Task first = aTaskDueNow().build();
    Task last = aTaskDueNow().attempts(1).build();
    try (Sender sender = kafka.sender("one", channel)) {
      sender.start();
      kafka.publish(first);
      kafka.publish(last);

      List<ParkedTask> parked = kafka.awaitParked(1);
      assertThat(parked).hasSize(1);
      assertThat(parked.getFirst().task()).isEqualTo(first.withAttempts(1));
      assertThat(parked.getFirst().reason()).isEqualTo(Reason.RETRY);
      List<DeadLetter> dead = kafka.awaitDeadLetters(1);
      assertThat(dead).hasSize(1);
      assertThat(dead.getFirst().task()).contains(last.withAttempts(2));
      assertThat(dead.getFirst().reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
      assertThat(dead.getFirst().message()).contains("answered 503");
      assertThat(kafka.awaitEvents(3))
          .filteredOn(event -> event.taskId().equals(last.taskId()))
          .extracting(event -> event.transition().getClass().getSimpleName())
          .containsExactly("AttemptFailed", "DeadLettered");
    }
  }

  @Test
  void asksForAFallbackWhereItCommitsTheFailure() {
    DestinationId backup = new DestinationId("backup");
    kafka.publish(destination(backup, 1, 1));
    kafka.publish(
        withFallback(destination(HOOK, 2, 1), new Fallback(List.of(backup), Optional.empty())));
    ScriptedChannel channel =
        new ScriptedChannel(
            _ -> now(new Outcome.Permanent(Reason.HTTP_PERMANENT, "answered 400", Duration.ZERO)));
    Task task = aTaskDueNow().version(2).build();
    RecordMetadata place;
    try (Sender sender = kafka.sender("one", channel)) {
      sender.start();
      place = kafka.publish(task);
      List<DeliveryCommand> commands = kafka.awaitCommands(1);
      assertThat(commands).hasSize(1);
      assertThat(commands.getFirst().action())
          .isEqualTo(
              new DeliveryCommand.Fallback(
                  task.withAttempts(1),
                  List.of(new FallbackTarget(backup, task.destinationType(), 1)),
                  new DeliveryCommand.Failed(Reason.HTTP_PERMANENT, "answered 400")));
      assertThat(kafka.awaitDeadLetters(1)).hasSize(1);
    }
    assertThat(kafka.committed(place.topic(), place.partition())).isEqualTo(place.offset() + 1);
  }

  @Test
  void outlivesAChannelThatThrowsOrNeverAnswers() {
    Task throwing = aTaskDueNow().build();
    Task silent = aTaskDueNow().build();
    Task good = aTaskDueNow().build();
    ScriptedChannel channel =
        new ScriptedChannel(attempt -> {
          if (attempt.task().equals(throwing)) {
            throw new IllegalStateException("a bug");
          }
          return attempt.task().equals(silent) ? new CompletableFuture<>() : now(delivered());
        });
    SenderLimits limits =
        new SenderLimits(
            100,
            100,
            1_000_000,
            1_000_000,
            Duration.ofMillis(20),
            100,
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofMillis(500),
            LaneLimits.defaults());
    try (Sender sender = kafka.sender("one", channel, limits, kafka.codecs)) {
      sender.start();
      List.of(throwing, silent, good).forEach(kafka::publish);

      assertThat(kafka.awaitEvents(3))
          .extracting(
              TaskEvent::taskId,
              event ->
                  event.transition() instanceof TaskTransition.AttemptFailed failed
                      ? failed.reason()
                      : Reason.UNKNOWN)
          .containsExactlyInAnyOrder(
              tuple(throwing.taskId(), Reason.CHANNEL_ERROR),
              tuple(silent.taskId(), Reason.TIMEOUT),
              tuple(good.taskId(), Reason.UNKNOWN));
      assertThat(kafka.awaitParked(2)).hasSize(2);
      assertThat(sender.health().isHealthy()).isTrue();
    }
  }

  @DisplayName("F28: buries what is no task with its bytes, and goes on")
  @Test
  void buriesWhatIsNoTaskWithItsBytesAndGoesOn() {
    byte[] poison = {0, 0, 0, 99, 1, 2, 3};
    Task good = aTaskDueNow().build();
    RecordMetadata place = kafka.put(Topics.tasks(Installation.TYPE), "hook", poison);
    kafka.publish(good);
    try (Sender sender = kafka.sender("one", ScriptedChannel.deliversAll())) {
      sender.start();
      DeadLetter letter = kafka.awaitDeadLetters(1).getFirst();
      assertThat(letter.originalValue()).contains(new RawBytes(poison));
      assertThat(letter.reason()).isEqualTo(Reason.UNKNOWN_SCHEMA);
      assertThat(letter.origin())
          .isEqualTo(new RecordOrigin(place.topic(), place.partition(), place.offset()));
      assertThat(kafka.awaitEvents(1)).extracting(TaskEvent::taskId).containsExactly(good.taskId());
    }
  }

  @Test
  void looksAtControlsBeforeEachAttempt() {
    Task cancelled = aTaskDueNow().build();
    kafka.publish(new Control.DeliveryCancelled(cancelled.deliveryId(), 0, Instant.now()));
    ScriptedChannel channel = ScriptedChannel.deliversAll();
    try (Sender sender = kafka.sender("one", channel)) {
      sender.start();
      kafka.publish(cancelled);
      assertThat(kafka.awaitEvents(1))
          .extracting(TaskEvent::transition)
          .containsExactly(new TaskTransition.Cancelled(Reason.CANCELLED));

      kafka.publish(new Control.DestinationPaused(HOOK, Instant.now()));
      await()
          .untilAsserted(() -> {
            Task later = aTaskDueNow().build();
            kafka.publish(later);
            assertThat(kafka.awaitParked(1).getFirst().reason()).isEqualTo(Reason.PAUSED);
          });
    }
    assertThat(channel.taskIds()).doesNotContain(cancelled.taskId());
  }

  @Test
  void sendsPayloadsThatStayedInTheirRequestAndBuriesTasksWhosePayloadIsGone() {
    RawJson metadata = RawJson.of("{\"ward\": 1.0}");
    RawJson data = RawJson.of("{\"scan\":\"" + "x".repeat(200_000) + "\"}");
    String request =
        "{\"organizationId\":\"acme\",\"destinations\":[\"hook\"],\"payload\":{\"type\":\"report\","
            + "\"data\":"
            + data.text()
            + ",\"metadata\":"
            + metadata.text()
            + "}}";
    RecordMetadata place = kafka.put(Topics.REQUESTS, "k", request.getBytes(UTF_8));
    RecordOrigin origin = new RecordOrigin(place.topic(), place.partition(), place.offset());
    RecordOrigin gone = new RecordOrigin(place.topic(), place.partition(), place.offset() + 50);
    Task good =
        aTaskDueNow()
            .payload(new TaskPayload.Reference(origin, data.sha256(), data.size()))
            .build();
    Task other =
        aTaskDueNow()
            .payload(new TaskPayload.Reference(origin, "0".repeat(64), data.size()))
            .build();
    Task missing =
        aTaskDueNow().payload(new TaskPayload.Reference(gone, data.sha256(), 10)).build();
    Task refused =
        aTaskDueNow()
            .payload(new TaskPayload.Reference(origin, data.sha256(), data.size()))
            .build();
    ScriptedChannel channel =
        new ScriptedChannel(attempt ->
            attempt.task().taskId().equals(refused.taskId())
                ? now(new Outcome.Permanent(Reason.HTTP_PERMANENT, "answered 400", Duration.ZERO))
                : now(delivered()));
    try (Sender sender = kafka.sender("one", channel)) {
      sender.start();
      List.of(good, other, missing, refused).forEach(kafka::publish);
      assertThat(kafka.awaitDeadLetters(3))
          .extracting(letter -> letter.task().orElseThrow().taskId(), DeadLetter::reason)
          .containsExactlyInAnyOrder(
              tuple(other.taskId(), Reason.PAYLOAD_MISSING),
              tuple(missing.taskId(), Reason.PAYLOAD_MISSING),
              tuple(refused.taskId(), Reason.HTTP_PERMANENT));
      assertThat(kafka.awaitDeadLetters(3))
          .filteredOn(letter -> letter.reason() == Reason.HTTP_PERMANENT)
          .extracting(letter -> letter.task().orElseThrow())
          .containsExactly(
              refused
                  .withPayload(new TaskPayload.Inline(data))
                  .withMetadata(metadata)
                  .withAttempts(1));
    }
    assertThat(channel.attempts())
        .filteredOn(attempt -> attempt.task().taskId().equals(good.taskId()))
        .extracting(attempt -> attempt.data(), attempt -> attempt.task().metadata())
        .containsExactly(tuple(data, metadata));
  }
}
