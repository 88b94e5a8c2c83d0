package io.waybill.sender;

import static io.waybill.sender.TestTasks.HOOK;
import static io.waybill.sender.TestTasks.NOW;
import static io.waybill.sender.TestTasks.ORIGIN;
import static io.waybill.sender.TestTasks.aTask;
import static io.waybill.sender.TestTasks.destination;
import static io.waybill.sender.TestTasks.secrets;
import static io.waybill.sender.TestTasks.withFallback;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Control;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition.AttemptFailed;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Outcome;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.RetryPolicy;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.Traces;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The way of one task, without Kafka. */
class TaskFlowTest {
  private static final byte[] KEY = HOOK.value().getBytes(StandardCharsets.UTF_8);

  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());
  private final List<Outcome> attempted = new ArrayList<>();
  private final ControlView controls = new ControlView(codecs);
  private Payloads payloads =
      task ->
          CompletableFuture.completedFuture(
              new PayloadSource.Found(
                  ((TaskPayload.Inline) task.payload()).data(), task.metadata(), false));

  private TaskFlow flow(ScriptedChannel channel) {
    return flow(channel, destination(HOOK, 1, 3));
  }

  private TaskFlow flow(ScriptedChannel channel, Destination hook, Destination... others) {
    SenderConfig config =
        new SenderConfig(DestinationType.WEBHOOK, "one", Map.of("bootstrap.servers", "nowhere:1"));
    DestinationView destinations = new DestinationView(codecs);
    destinations.accept(
        new ConsumerRecord<>(
            Topics.DESTINATIONS,
            0,
            0,
            KEY,
            codecs.destinations().encode(Topics.DESTINATIONS, hook)));
    for (Destination other : others) {
      destinations.accept(
          new ConsumerRecord<>(
              Topics.DESTINATIONS,
              0,
              0,
              other.id().value().getBytes(StandardCharsets.UTF_8),
              codecs.destinations().encode(Topics.DESTINATIONS, other)));
    }
    destinations.accept(
        new ConsumerRecord<>(
            Topics.DESTINATION_SECRETS,
            0,
            0,
            KEY,
            codecs.destinationSecrets().encode(Topics.DESTINATION_SECRETS, secrets(HOOK, 1))));
    return new TaskFlow(
        channel,
        config,
        destinations,
        controls,
        payloads,
        new Settlements(new Random(1)),
        new OutcomeEncoder(codecs, DestinationType.WEBHOOK),
        new Watchdog(),
        () -> NOW,
        new SenderMetrics() {
          @Override
          public void attempted(OrganizationId organization, Outcome outcome) {
            attempted.add(outcome);
          }
        },
        Traces.NONE);
  }

  private static Ended ended(TaskFlow flow, Work work, Order order) {
    return flow.run(work, order).toCompletableFuture().join();
  }

  private static Work work(Task task) {
    AssignedPartition from =
        new AssignedPartition(new TopicPartition(ORIGIN.topic(), 1), Optional.empty(), List.of());
    return new Work(
        from,
        from.progress().received(ORIGIN.offset()).orElseThrow(),
        ORIGIN,
        new Work.TaskRecord(task),
        1);
  }

  @Test
  void countsAttemptsButNotWhatNeverLeftThisMachine() {
    Outcome answered = new Outcome.Delivered("200", Optional.empty(), Duration.ofMillis(5));
    Outcome ours =
        new Outcome.Transient(
            Reason.KEY_UNAVAILABLE, "no key", Optional.empty(), Duration.ofMillis(1));

    Ended good =
        ended(
            flow(new ScriptedChannel(_ -> ScriptedChannel.now(answered))),
            work(aTask().build()),
            LedgerTest.SEND);
    Ended waits =
        ended(
            flow(new ScriptedChannel(_ -> ScriptedChannel.now(ours))),
            work(aTask().build()),
            LedgerTest.SEND);

    assertThat(attempted).containsExactly(answered);
    assertThat(good.settled().end()).isEqualTo(TestTasks.DELIVERED);
    assertThat(waits.settled().end())
        .isEqualTo(
            new TaskEnd(TestTasks.ACME, TaskEnd.Kind.PARKED, Optional.of(Reason.KEY_UNAVAILABLE)));
  }

  @Test
  void aDeadLetterComesWithTheWishForAFallback() throws Exception {
    DestinationId backup = new DestinationId("backup");
    ScriptedChannel refusing =
        new ScriptedChannel(_ ->
            ScriptedChannel.now(
                new Outcome.Permanent(Reason.HTTP_PERMANENT, "answered 422", Duration.ZERO)));
    Destination hook =
        withFallback(destination(HOOK, 1, 3), new Fallback(List.of(backup), Optional.empty()));
    Task task = aTask().build();

    Settled settled =
        ended(flow(refusing, hook, destination(backup, 2, 3)), work(task), LedgerTest.SEND)
            .settled();

    assertThat(settled.records())
        .extracting(ProducerRecord::topic)
        .containsExactly(Topics.EVENTS, Topics.EVENTS, Topics.DEAD_LETTERS, Topics.COMMANDS);
    ProducerRecord<byte[], byte[]> wish = settled.records().getLast();
    assertThat(new String(wish.key(), StandardCharsets.UTF_8))
        .isEqualTo(task.deliveryId().toString());
    assertThat(codecs.commands().decode(wish.value()).action())
        .isEqualTo(
            new DeliveryCommand.Fallback(
                task.withAttempts(1),
                List.of(new FallbackTarget(backup, DestinationType.WEBHOOK, 2)),
                new DeliveryCommand.Failed(Reason.HTTP_PERMANENT, "answered 422")));
  }

  @Test
  void aReceiverThatIsGoneComesWithTheWishThatItsDestinationBeDisabled() throws Exception {
    ScriptedChannel gone =
        new ScriptedChannel(_ ->
            ScriptedChannel.now(new Outcome.Permanent(Reason.GONE, "answered 410", Duration.ZERO)));
    Destination hook = destination(HOOK, 1, 3);
    TaskFlow flow = flow(gone, hook);

    Settled first = ended(flow, work(aTask().build()), LedgerTest.SEND).settled();
    Settled second = ended(flow, work(aTask().build()), LedgerTest.SEND).settled();

    assertThat(first.records())
        .extracting(ProducerRecord::topic)
        .containsExactly(
            Topics.EVENTS, Topics.EVENTS, Topics.DEAD_LETTERS, Topics.DESTINATION_COMMANDS);
    ProducerRecord<byte[], byte[]> wish = first.records().getLast();
    assertThat(new String(wish.key(), StandardCharsets.UTF_8))
        .isEqualTo(hook.organizationId().value());
    DestinationCommand command = codecs.destinationCommands().decode(wish.value());
    assertThat(command.destinationId()).isEqualTo(HOOK);
    assertThat(command.organizationId()).isEqualTo(hook.organizationId());
    assertThat(command.actor()).isEqualTo("waybill.sender.webhook");
    var disable = (DestinationCommand.Disable) command.action();
    assertThat(disable.expectedVersion()).isEqualTo(OptionalLong.of(1));
    assertThat(disable.reason().orElseThrow()).contains("answered 410");
    // However many hear it of one version, it is one command.
    assertThat(codecs.destinationCommands().decode(second.records().getLast().value()).commandId())
        .isEqualTo(command.commandId());
  }

  @Test
  void anErrorOfTheChannelIsAFailedAttempt() throws Exception {
    Work work = work(aTask().build());
    ScriptedChannel broken =
        new ScriptedChannel(_ -> {
          throw new NoClassDefFoundError("a class that is missing in the installation");
        });

    Ended ended = ended(flow(broken), work, LedgerTest.SEND);
    Settled settled = ended.settled();
    assertThat(ended.verdict()).isEqualTo(Verdict.NONE);

    assertThat(settled.records())
        .extracting(ProducerRecord::topic)
        .containsExactly(Topics.EVENTS, Topics.retry(DestinationType.WEBHOOK));
    assertThat(codecs.events().decode(settled.records().getFirst().value()))
        .isInstanceOfSatisfying(
            TaskEvent.class,
            event -> {
              assertThat(event.attempt()).isEqualTo(1);
              assertThat(event.transition())
                  .isInstanceOfSatisfying(
                      AttemptFailed.class,
                      failed -> assertThat(failed.reason()).isEqualTo(Reason.CHANNEL_ERROR));
            });
  }

  @Test
  void aTaskThatIsPausedOrCancelledWhileItsPayloadIsFetchedIsNotSent() {
    Task paused = aTask().payload(large()).build();
    Task cancelled = aTask().payload(large()).build();
    ScriptedChannel nobody = ScriptedChannel.deliversAll();
    CompletableFuture<PayloadSource.Fetched> fetched = new CompletableFuture<>();
    payloads = _ -> fetched;
    TaskFlow flow = flow(nobody);

    CompletionStage<Ended> first = flow.run(work(cancelled), LedgerTest.SEND);
    CompletionStage<Ended> second = flow.run(work(paused), LedgerTest.SEND);
    put(new Control.DeliveryCancelled(cancelled.deliveryId(), 0, NOW));
    put(new Control.DestinationPaused(HOOK, NOW));
    fetched.complete(new PayloadSource.Found(RawJson.of("{}"), RawJson.EMPTY_OBJECT, false));

    assertThat(first.toCompletableFuture().join().settled().end())
        .isEqualTo(
            new TaskEnd(TestTasks.ACME, TaskEnd.Kind.CANCELLED, Optional.of(Reason.CANCELLED)));
    assertThat(second.toCompletableFuture().join().settled().end())
        .isEqualTo(new TaskEnd(TestTasks.ACME, TaskEnd.Kind.PARKED, Optional.of(Reason.PAUSED)));
    assertThat(nobody.attempts()).isEmpty();
  }

  @Test
  void whatAChannelMakesOfAPayloadCountsWithIt() {
    Work.Content large = new Work.TaskRecord(aTask().payload(large()).build());
    Work.Content small = new Work.TaskRecord(aTask().build());

    assertThat(flow(ScriptedChannel.deliversAll()).footprint(large)).isEqualTo(2);
    assertThat(flow(ScriptedChannel.deliversAll().keeping(3)).footprint(large)).isEqualTo(6);
    assertThat(flow(ScriptedChannel.deliversAll().keeping(0)).footprint(large))
        .as("the payload is there in any case")
        .isEqualTo(2);
    assertThat(flow(ScriptedChannel.deliversAll().keeping(3)).footprint(small))
        .as("it lies in its record")
        .isZero();
  }

  private static TaskPayload large() {
    return new TaskPayload.Reference(
        new RecordOrigin(Topics.REQUESTS, 0, 1), RawJson.of("{}").sha256(), 2);
  }

  private void put(Control control) {
    controls.accept(
        new ConsumerRecord<>(
            Topics.CONTROL,
            0,
            0,
            control.key().getBytes(StandardCharsets.UTF_8),
            codecs.controls().encode(Topics.CONTROL, control)));
  }

  @Test
  void whatHasBeenTriedIsNotParkedUntilItIsTooOld() throws Exception {
    RetryPolicy policy =
        destination(HOOK, 1, 3)
            .config()
            .retryPolicy(RetryPolicy.defaults(), BreakerPolicy.defaults().resetTimeout());
    Instant tooOld = NOW.plus(policy.maxAge());
    Order.Park early = new Order.Park(Reason.BREAKER_OPEN, tooOld.minusSeconds(10));
    Order.Park late = new Order.Park(Reason.BREAKER_OPEN, tooOld.plusSeconds(10));

    assertThat(parkedUntil(aTask().attempts(1).build(), early)).isEqualTo(early.dueAt());
    assertThat(parkedUntil(aTask().attempts(1).build(), late)).isBefore(tooOld).isAfter(NOW);
    // The first attempt is always made, however late.
    assertThat(parkedUntil(aTask().build(), late)).isEqualTo(late.dueAt());
  }

  private Instant parkedUntil(Task task, Order.Park order) throws Exception {
    ScriptedChannel nobody = ScriptedChannel.deliversAll();
    Ended ended = ended(flow(nobody), work(task), order);
    assertThat(nobody.attempts()).isEmpty();
    assertThat(ended.verdict()).isEqualTo(Verdict.NONE);
    ParkedTask parked = codecs.parkedTasks().decode(ended.settled().records().getLast().value());
    assertThat(parked.task()).isEqualTo(task);
    assertThat(parked.reason()).isEqualTo(Reason.BREAKER_OPEN);
    return parked.dueAt();
  }
}
