package io.waybill.sender;

import io.waybill.channel.Attempt;
import io.waybill.channel.Bugs;
import io.waybill.channel.Channel;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.RequestRules;
import io.waybill.domain.RetryPolicy;
import io.waybill.domain.Task;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one task from having been read to the records that take its place. Blocks its thread,
 * which is a virtual one. Whatever happens to the attempt is an outcome: nothing a channel does can
 * leave a task without one.
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
  private final PayloadSource payloads;
  private final Settlements settlements;
  private final FallbackRequests fallbacks;
  private final GoneReceivers gone;
  private final OutcomeEncoder encoder;
  private final InstantSource clock;

  TaskFlow(
      Channel channel,
      SenderConfig config,
      DestinationView destinations,
      ControlView controls,
      PayloadSource payloads,
      Settlements settlements,
      OutcomeEncoder encoder,
      InstantSource clock) {
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
    this.clock = clock;
  }

  /** Goes the whole way. */
  Ended run(Work work, Order order) throws InterruptedException {
    Way way =
        switch (work.content()) {
          case Work.PoisonRecord poison -> unsent(Settlements.ofRecord(poison.letter()));
          case Work.TaskRecord(Task task) -> withWish(task, settle(work, task, order));
        };
    return new Ended(encoder.encode(way.settlement(), clock.instant()), way.verdict());
  }

  private record Way(Settlement settlement, Verdict verdict) {}

  private static Way unsent(Settlement settlement) {
    return new Way(settlement, Verdict.NONE);
  }

  private Way withWish(Task task, Way way) {
    return new Way(fallbacks.complete(task, way.settlement(), clock.instant()), way.verdict());
  }

  private Way settle(Work work, Task task, Order order) throws InterruptedException {
    try {
      TaskGate.Known known =
          new TaskGate.Known(
              destinations.destination(task.destinationId()),
              destinations.secrets(task.destinationId()),
              controls.cancelledUpTo(task.deliveryId()),
              controls.isPaused(task.destinationId()));
      Instant now = clock.instant();
      return switch (gate.decide(task, known, now)) {
        case TaskGate.Send send when order instanceof Order.Park(Reason reason, Instant slot) ->
            unsent(settlements.parked(task, reason, inTime(task, send.policy(), slot, now), now));
        case TaskGate.Send send -> attempt(work, task, send);
        case TaskGate.Park park ->
            unsent(settlements.parked(task, park.reason(), park.dueAt(), now));
        case TaskGate.Cancel cancel -> unsent(settlements.cancelled(task, cancel.reason(), now));
        case TaskGate.Bury bury ->
            unsent(
                settlements.buried(
                    withPayload(task), work.origin(), bury.reason(), bury.message(), now));
      };
    } catch (RuntimeException e) {
      // A bug of ours. It costs an attempt, so that it ends as a dead letter and not as a loop.
      LOG.atError()
          .setCause(Bugs.withoutMessages(e))
          .addKeyValue("taskId", task.taskId())
          .addKeyValue("origin", work.origin())
          .log("task failed unexpectedly, counted as a failed attempt");
      Outcome failed = channelError("the sender failed unexpectedly", Duration.ZERO);
      return unsent(
          settlements.ofAttempt(
              task, task, work.origin(), failed, config.retryDefaults(), clock.instant()));
    }
  }

  /** The slot, or one before the task is too old: to wait for room must not be all that it does. */
  private static Instant inTime(Task task, RetryPolicy policy, Instant slot, Instant now) {
    Instant last = task.firstDueAt().plus(policy.maxAge()).minus(LAST_CHANCE);
    boolean isTooLate = task.attempts() > 0 && slot.isAfter(last) && last.isAfter(now);
    return isTooLate ? last : slot;
  }

  private Way attempt(Work work, Task task, TaskGate.Send send) throws InterruptedException {
    return switch (payloads.fetch(task)) {
      case PayloadSource.Missing missing ->
          unsent(
              settlements.buried(
                  task, work.origin(), Reason.PAYLOAD_MISSING, missing.message(), clock.instant()));
      case PayloadSource.Unavailable unavailable -> unsent(parkedFor(unavailable, work, task));
      case PayloadSource.Found found -> {
        Task whole = found.in(task);
        Attempt attempt =
            new Attempt(
                whole, send.destination(), send.secrets(), found.data(), task.attempts() + 1);
        Outcome outcome = work.from().isFenced() ? tooLate() : send(attempt);
        Instant now = clock.instant();
        Settlement settlement =
            settlements.ofAttempt(task, whole, work.origin(), outcome, send.policy(), now);
        yield new Way(
            gone.complete(settlement, outcome, send.destination(), now), Verdict.of(outcome));
      }
    };
  }

  private Settlement parkedFor(PayloadSource.Unavailable unavailable, Work work, Task task) {
    LOG.atWarn()
        .addKeyValue("taskId", task.taskId())
        .addKeyValue("origin", work.origin())
        .addKeyValue("problem", unavailable.message())
        .log("payload cannot be fetched now, task waits");
    Instant now = clock.instant();
    return settlements.parked(
        task, Reason.DEPENDENCY_UNAVAILABLE, now.plus(Settlements.WAIT_FOR_DEPENDENCY), now);
  }

  private Outcome send(Attempt attempt) throws InterruptedException {
    Instant begun = clock.instant();
    Duration patience =
        attempt.destination().config().timeout().plus(config.limits().watchdogGrace());
    try {
      @Nullable CompletionStage<Outcome> stage = channel.send(attempt);
      @Nullable Outcome outcome =
          stage == null
              ? null
              : stage.toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return outcome == null ? channelError("the channel gave no outcome", since(begun)) : outcome;
    } catch (TimeoutException e) {
      // A late answer is dropped. The receiver may have got it: worst case, a duplicate.
      LOG.atError()
          .addKeyValue("taskId", attempt.task().taskId())
          .log("channel broke its own deadline, attempt given up");
      return new Outcome.Transient(
          Reason.TIMEOUT,
          "the channel gave no outcome within " + patience,
          Optional.empty(),
          since(begun));
    } catch (ExecutionException | RuntimeException | Error e) {
      // An Error too, for it would end the poll loop, which would read the same task again.
      LOG.atError()
          .setCause(Bugs.withoutMessages(e))
          .addKeyValue("taskId", attempt.task().taskId())
          .log("channel failed, which it must not");
      return channelError("the channel failed unexpectedly", since(begun));
    }
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
  private Task withPayload(Task task) throws InterruptedException {
    if (task.payload().size() > RequestRules.MAX_DATA_BYTES) {
      return task;
    }
    return payloads.fetch(task) instanceof PayloadSource.Found found ? found.in(task) : task;
  }

  private static Outcome channelError(String message, Duration took) {
    return new Outcome.Transient(Reason.CHANNEL_ERROR, message, Optional.empty(), took);
  }

  private Duration since(Instant begun) {
    Duration took = Duration.between(begun, clock.instant());
    return took.isNegative() ? Duration.ZERO : took;
  }
}
