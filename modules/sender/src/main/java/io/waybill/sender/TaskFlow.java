package io.waybill.sender;

import io.waybill.channel.Attempt;
import io.waybill.channel.Bugs;
import io.waybill.channel.Channel;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.RequestRules;
import io.waybill.domain.RetryPolicy;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.TraceParent;
import io.waybill.domain.Traces;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one task from having been read to the records that take its place. Blocks no thread:
 * it begins on its caller's and goes on where payload and outcome come from. Whatever happens to
 * the attempt is an outcome: nothing a channel does can leave a task without one. Has no state of
 * its own, and is at work on many threads at once.
 */
final class TaskFlow {
  private static final Logger LOG = LoggerFactory.getLogger(TaskFlow.class);

  /** Time enough for the way through the timer. */
  private static final Duration LAST_CHANCE = Duration.ofSeconds(2);

  private final Channel channel;
  private final SenderConfig config;
  private final TaskGate gate;
  private final DestinationView destinations;
  private final ControlView controls;
  private final Payloads payloads;
  private final Settlements settlements;
  private final FallbackRequests fallbacks;
  private final GoneReceivers gone;
  private final OutcomeEncoder encoder;
  private final Watchdog watchdog;
  private final InstantSource clock;
  private final SenderMetrics metrics;
  private final Traces traces;

  TaskFlow(
      Channel channel,
      SenderConfig config,
      DestinationView destinations,
      ControlView controls,
      Payloads payloads,
      Settlements settlements,
      OutcomeEncoder encoder,
      Watchdog watchdog,
      InstantSource clock,
      SenderMetrics metrics,
      Traces traces) {
    this.metrics = metrics;
    this.traces = traces;
    this.channel = channel;
    this.config = config;
    this.gate =
        new TaskGate(config.type(), config.retryDefaults(), config.breaker().resetTimeout());
    this.destinations = destinations;
    this.controls = controls;
    this.payloads = payloads;
    this.settlements = settlements;
    this.fallbacks = new FallbackRequests(destinations, config.type());
    this.gone = new GoneReceivers(config.type());
    this.encoder = encoder;
    this.watchdog = watchdog;
    this.clock = clock;
  }

  /**
   * Bytes that come into memory when it is sent, beside its record: none unless its payload has to
   * be fetched. What the destination becomes until then is not foreseen.
   */
  long footprint(Work.Content content) {
    long fetched = Work.fetchedBytes(content);
    return fetched > 0 && content instanceof Work.TaskRecord(Task task)
        ? Math.max(
            fetched, channel.footprint(destinations.destination(task.destinationId()), fetched))
        : 0;
  }

  /** Goes the whole way; fails only when not even a dead letter can be made. */
  CompletionStage<Ended> run(Work work, Order order) {
    return switch (work.content()) {
      case Work.PoisonRecord poison ->
          now(end(new Way(Settlements.ofRecord(poison.letter()), Verdict.NONE, Optional.empty())));
      case Work.TaskRecord(Task task) -> settle(work, task, order).thenApply(this::end);
    };
  }

  /**
   * @param trace what comes of it hangs there
   */
  private record Way(Settlement settlement, Verdict verdict, Optional<TraceParent> trace) {}

  private static Way unsent(Task task, Settlement settlement) {
    return new Way(settlement, Verdict.NONE, task.trace());
  }

  private static <T> CompletionStage<T> now(T value) {
    return CompletableFuture.completedFuture(value);
  }

  private Ended end(Way way) {
    return new Ended(encoder.encode(way.settlement(), clock.instant(), way.trace()), way.verdict());
  }

  private Way withWish(Task task, Way way) {
    return new Way(
        fallbacks.complete(task, way.settlement(), clock.instant()), way.verdict(), way.trace());
  }

  private CompletionStage<Way> settle(Work work, Task task, Order order) {
    try {
      return decide(work, task, order)
          .thenApply(way -> withWish(task, way))
          .exceptionally(failure -> {
            if (failure instanceof CompletionException e && e.getCause() instanceof Error error) {
              throw error;
            }
            return afterBug(work, task, failure);
          });
    } catch (RuntimeException e) {
      // A bug, before anything came of the task: costs it an attempt, and ends in a record.
      return now(afterBug(work, task, e));
    }
  }

  /** A bug of ours. It costs an attempt, so that it ends as a dead letter and not as a loop. */
  private Way afterBug(Work work, Task task, Throwable bug) {
    LOG.atError()
        .setCause(Bugs.withoutMessages(bug))
        .addKeyValue("taskId", task.taskId())
        .addKeyValue("origin", work.origin())
        .log("task failed unexpectedly, counted as a failed attempt");
    Outcome failed = channelError("the sender failed unexpectedly", Duration.ZERO);
    return unsent(
        task,
        settlements.ofAttempt(
            task, task, work.origin(), failed, config.retryDefaults(), clock.instant()));
  }

  private TaskGate.Decision look(Task task, Instant now) {
    return gate.decide(
        task,
        new TaskGate.Known(
            destinations.destination(task.destinationId()),
            destinations.secrets(task.destinationId()),
            controls.cancelledUpTo(task.deliveryId()),
            controls.pausedSince(task)),
        now);
  }

  private CompletionStage<Way> decide(Work work, Task task, Order order) {
    Instant now = clock.instant();
    return switch (look(task, now)) {
      case TaskGate.Send send when order instanceof Order.Park(Reason reason, Instant slot) ->
          now(
              unsent(
                  task,
                  settlements.parked(task, reason, inTime(task, send.policy(), slot, now), now)));
      case TaskGate.Send send ->
          payloads.fetch(task).thenCompose(fetched -> attempt(work, task, send, fetched));
      case TaskGate.Unsent unsent -> leave(work, task, unsent, now);
    };
  }

  /** What becomes of a task that is not sent. */
  private CompletionStage<Way> leave(Work work, Task task, TaskGate.Unsent decision, Instant now) {
    return switch (decision) {
      case TaskGate.Park park when park.reason() == Reason.PAUSED ->
          now(unsent(task, settlements.paused(task, park.dueAt(), now)));
      case TaskGate.Park park ->
          now(unsent(task, settlements.parked(task, park.reason(), park.dueAt(), now)));
      case TaskGate.Cancel cancel ->
          now(unsent(task, settlements.cancelled(task, cancel.reason(), now)));
      case TaskGate.Bury bury ->
          withPayload(task)
              .thenApply(whole ->
                  unsent(
                      task,
                      settlements.buried(
                          whole, work.origin(), bury.reason(), bury.message(), now)));
    };
  }

  /** The slot, or one before the task is too old: to wait for room must not be all that it does. */
  private static Instant inTime(Task task, RetryPolicy policy, Instant slot, Instant now) {
    Instant last = task.firstDueAt().plus(policy.maxAge()).minus(LAST_CHANCE);
    boolean isTooLate = task.attempts() > 0 && slot.isAfter(last) && last.isAfter(now);
    return isTooLate ? last : slot;
  }

  private CompletionStage<Way> attempt(
      Work work, Task task, TaskGate.Send send, PayloadSource.Fetched fetched) {
    return switch (fetched) {
      case PayloadSource.Missing missing ->
          now(
              unsent(
                  task,
                  settlements.buried(
                      task,
                      work.origin(),
                      Reason.PAYLOAD_MISSING,
                      missing.message(),
                      clock.instant())));
      case PayloadSource.Unavailable unavailable ->
          now(unsent(task, parkedFor(unavailable, work, task, send.policy())));
      case PayloadSource.Found _
          // Fetching takes up to half a minute, in which it may have been cancelled or paused.
          when task.payload() instanceof TaskPayload.Reference
              && look(task, clock.instant()) instanceof TaskGate.Unsent unsent ->
          leave(work, task, unsent, clock.instant());
      case PayloadSource.Found found -> {
        Task whole = found.in(task);
        Attempt attempt =
            new Attempt(
                whole, send.destination(), send.secrets(), found.data(), task.attempts() + 1);
        CompletionStage<Outcome> sent = work.from().isFenced() ? now(tooLate()) : counted(attempt);
        yield sent.thenApply(outcome -> {
          Instant now = clock.instant();
          Settlement settlement =
              settlements.ofAttempt(task, whole, work.origin(), outcome, send.policy(), now);
          return new Way(
              gone.complete(settlement, outcome, send.destination(), now),
              Verdict.of(outcome),
              traced(attempt, outcome, now));
        });
      }
    };
  }

  private Optional<TraceParent> traced(Attempt attempt, Outcome outcome, Instant now) {
    Task task = attempt.task();
    return traces.add(
        task.trace(),
        task.deliveryId(),
        () ->
            new Traces.Step(
                "attempt",
                Traces.Kind.CLIENT,
                now.minus(outcome.took()),
                now,
                Map.of(
                    "waybill.task.id", task.taskId().value(),
                    "waybill.destination.id", task.destinationId().value(),
                    "waybill.destination.type", task.destinationType().word(),
                    "waybill.generation", Integer.toString(task.generation()),
                    "waybill.attempt", Integer.toString(attempt.number())),
                failureOf(outcome)));
  }

  private static Optional<Reason> failureOf(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered _ -> Optional.empty();
      case Outcome.Transient failed -> Optional.of(failed.reason());
      case Outcome.Permanent failed -> Optional.of(failed.reason());
    };
  }

  private Settlement parkedFor(
      PayloadSource.Unavailable unavailable, Work work, Task task, RetryPolicy policy) {
    LOG.atWarn()
        .addKeyValue("taskId", task.taskId())
        .addKeyValue("origin", work.origin())
        .addKeyValue("problem", unavailable.message())
        .log("payload cannot be fetched now, task waits");
    return settlements.parkedByUs(
        task,
        Reason.DEPENDENCY_UNAVAILABLE,
        Settlements.WAIT_FOR_DEPENDENCY,
        policy,
        clock.instant());
  }

  private CompletionStage<Outcome> counted(Attempt attempt) {
    return send(attempt)
        .thenApply(outcome -> {
          if (!Settlements.costsNoAttempt(outcome)) {
            metrics.attempted(attempt.task().organizationId(), outcome);
          }
          return outcome;
        });
  }

  private CompletionStage<Outcome> send(Attempt attempt) {
    Instant begun = clock.instant();
    Duration patience =
        attempt.destination().config().timeout().plus(config.limits().watchdogGrace());
    try {
      @Nullable CompletionStage<Outcome> stage = channel.send(attempt);
      return stage == null
          ? now(noOutcome(begun))
          : watchdog
              .watch(stage, patience, () -> givenUp(attempt, patience, begun))
              .handle((outcome, failure) ->
                  failure != null
                      ? failed(attempt, failure, begun)
                      : outcome == null ? noOutcome(begun) : outcome);
    } catch (RuntimeException | Error e) {
      // An Error too, for it would end the poll loop, which would read the same task again.
      return now(failed(attempt, e, begun));
    }
  }

  private Outcome noOutcome(Instant begun) {
    return channelError("the channel gave no outcome", since(begun));
  }

  /** A late answer is dropped. The receiver may have got it: worst case, a duplicate. */
  private Outcome givenUp(Attempt attempt, Duration patience, Instant begun) {
    LOG.atError()
        .addKeyValue("taskId", attempt.task().taskId())
        .log("channel broke its own deadline, attempt given up");
    return new Outcome.Transient(
        Reason.TIMEOUT,
        "the channel gave no outcome within " + patience,
        Optional.empty(),
        since(begun));
  }

  private Outcome failed(Attempt attempt, Throwable failure, Instant begun) {
    LOG.atError()
        .setCause(Bugs.withoutMessages(failure))
        .addKeyValue("taskId", attempt.task().taskId())
        .log("channel failed, which it must not");
    return channelError("the channel failed unexpectedly", since(begun));
  }

  /** The outcome of what was fenced before it began; the ledger drops it like any late result. */
  private static Outcome tooLate() {
    return new Outcome.Transient(
        Reason.DEPENDENCY_UNAVAILABLE,
        "the partition went to another sender",
        Optional.empty(),
        Duration.ZERO);
  }

  /** The task with its payload inside, so that its dead letter outlives the request record. */
  private CompletionStage<Task> withPayload(Task task) {
    return task.payload().size() > RequestRules.MAX_DATA_BYTES
        ? now(task)
        : payloads
            .fetch(task)
            .thenApply(
                fetched -> fetched instanceof PayloadSource.Found found ? found.in(task) : task);
  }

  private static Outcome channelError(String message, Duration took) {
    return new Outcome.Transient(Reason.CHANNEL_ERROR, message, Optional.empty(), took);
  }

  private Duration since(Instant begun) {
    Duration took = Duration.between(begun, clock.instant());
    return took.isNegative() ? Duration.ZERO : took;
  }
}
