package io.waybill.timer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DestinationType;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.wire.Codecs;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.Topics;
import io.waybill.wire.TraceHeaders;
import io.waybill.wire.UndecodableException;
import io.waybill.wire.UntilAvailable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parked tasks of one type and one partition. A task is in the store exactly as long as the
 * index has an entry that names its key.
 *
 * <p>Time is the context's: the time at which the current record or look began, so never ahead of
 * the clock, and what a test driver says it is. Used by the one thread that owns the stream task.
 */
final class Parking {
  private static final Logger LOG = LoggerFactory.getLogger(Parking.class);

  /** What came due behind a backlog and is not let go this long joins it: it is one itself. */
  private static final long LONGEST_BEHIND_MILLIS = 1_000;

  private final DestinationType type;
  private final Codecs codecs;
  private final TimerNodes nodes;
  private final ProcessorContext<byte[], byte[]> context;
  private final KeyValueStore<Bytes, byte[]> parked;
  private final KeyValueStore<String, byte[]> index;
  private final ControlView controls;
  private final Sensor cancelled;
  private final Sensor stale;
  private final TimerMetrics metrics;

  private final Cursor cursor;
  private final Held held;
  private final CancelSweep sweep;

  /** Tasks in the store, as far as is known: of those that were found it is an estimate. */
  private long inStore;

  Parking(
      DestinationType type,
      Codecs codecs,
      TimerConfig config,
      ProcessorContext<byte[], byte[]> context,
      ControlDigest digest,
      TimerMetrics metrics) {
    this.metrics = metrics;
    this.type = type;
    this.codecs = codecs;
    this.context = context;
    nodes = new TimerNodes(type);
    parked = context.getStateStore(nodes.parkedStore());
    index = context.getStateStore(nodes.indexStore());
    cursor = new Cursor(index, config.maxPerTick());
    KeyValueStore<String, byte[]> control = context.getStateStore(TimerTopology.CONTROL_STORE);
    controls = new ControlView(control, digest, codecs.controls());
    held = new Held(parked, controls, config);
    sweep = new CancelSweep(parked, digest, config);
    cancelled = counter("cancelled");
    stale = counter("stale");
    count(parked.approximateNumEntries());
  }

  /** What is parked here is somebody else's from now on. */
  void leave() {
    count(-inStore);
  }

  private void count(long change) {
    // Never below zero, which an estimate that was too low would come to.
    long counted = Math.max(-inStore, change);
    inStore += counted;
    metrics.parked(type, counted);
  }

  private Sensor counter(String what) {
    return context
        .metrics()
        .addRateTotalSensor("timer", type.word(), what, Sensor.RecordingLevel.INFO);
  }

  /** Takes a record of the retry topic: parks its task, or lets it go at once when it is due. */
  void take(Record<byte[], byte[]> record) {
    RecordOrigin origin =
        context
            .recordMetadata()
            .map(at -> new RecordOrigin(at.topic(), at.partition(), at.offset()))
            .orElseThrow(() -> new IllegalStateException("a record of a topic has an origin"));
    byte @Nullable [] value = record.value();
    if (value == null) {
      bury(origin, record.key(), null, Reason.MALFORMED, "a parked task must have a value");
      return;
    }
    ParkedTask waits;
    try {
      waits = UntilAvailable.call(() -> codecs.parkedTasks().decode(value));
    } catch (UndecodableException e) {
      // It is kept whole in a dead letter, written with the offset.
      bury(origin, record.key(), value, e.reason(), e.getMessage());
      return;
    }
    Task task = waits.task();
    if (task.destinationType() != type) {
      String message =
          "a task of type %s stands on the topic of type %s; find out who wrote it there"
              .formatted(task.destinationType().word(), type.word());
      bury(DeadLetters.ofTask(origin, task, Reason.TYPE_MISMATCH, message, now()));
      return;
    }
    Optional<Waiting> before = Waiting.decode(index.get(task.taskId().value()));
    if (before.filter(other -> other.isNewerThan(task)).isPresent()) {
      stale.record();
      return;
    }
    before.ifPresent(other -> forget(other.key(task.taskId())));
    long dueMillis = ParkedKey.millisOf(waits.dueAt());
    Waiting waiting = Waiting.of(task, origin, dueMillis);
    if (dueMillis <= context.currentSystemTimeMs() || waitsForPause(waits)) {
      decide(waits, dueMillis, () -> waiting, value);
    } else {
      park(task.taskId(), waiting, value);
    }
  }

  /** What a sender parks because of a pause is due only to be looked at again. */
  private boolean waitsForPause(ParkedTask waits) {
    return waits.reason() == Reason.PAUSED && controls.pauseOf(waits.task()).isPresent();
  }

  /**
   * Lets go what is due, within the bounds of one look; one task at least, so that every partition
   * moves whatever the others do.
   *
   * <p>What the end of a pause lets go comes first, for half of the look at most. Behind a backlog,
   * what has become due since the last look comes before it, likewise: a million tasks that were
   * due at one instant must not hold up those of everybody else.
   */
  void release(LookBudget budget) {
    LookBudget.Look look = budget.look();
    releaseHeld(look, look::allowsNewest);
    releaseDue(look);
    if (look.allowsMore()) {
      releaseHeld(look, look::allowsMore);
    }
    sweep.look(context.currentSystemTimeMs(), this::dropIfCancelled);
    look.end();
  }

  private void releaseHeld(LookBudget.Look look, BooleanSupplier allowsMore) {
    for (String pause : held.ended(context.currentSystemTimeMs())) {
      try (KeyValueIterator<Bytes, byte[]> tasks = held.of(pause)) {
        while (held.hasEnded(pause)) {
          if (!tasks.hasNext()) {
            held.forget(pause);
            break;
          }
          KeyValue<Bytes, byte[]> entry = tasks.next();
          held.pass(pause, entry.key);
          resume(entry.key, entry.value);
          look.count();
          if (!allowsMore.getAsBoolean()) {
            return;
          }
        }
      }
    }
  }

  private void dropIfCancelled(Bytes key, byte[] value) {
    try {
      ParkedTask waits = UntilAvailable.call(() -> codecs.parkedTasks().decode(value));
      if (controls.isCancelled(waits.task())) {
        forget(key);
        end(waits.task());
      }
    } catch (UndecodableException e) {
      // Becomes a dead letter when its pause ends.
    }
  }

  private void resume(Bytes key, byte[] value) {
    forget(key);
    TaskId taskId = HeldKey.taskIdOf(key);
    try {
      ParkedTask waits = UntilAvailable.call(() -> codecs.parkedTasks().decode(value));
      long nowMillis = context.currentSystemTimeMs();
      long dueMillis = ParkedKey.millisOf(waits.dueAt());
      if (dueMillis > nowMillis && waits.reason() != Reason.PAUSED) {
        // Was due when it was held, and the clock was set back since.
        park(taskId, waiting(taskId).until(dueMillis), value);
        return;
      }
      // From when it would have gone until now it has not grown older.
      long heldMillis = Math.max(0, nowMillis - dueMillis);
      Task younger = waits.task().withFirstDueAt(waits.task().firstDueAt().plusMillis(heldMillis));
      decide(waits.task(), younger, nowMillis, () -> waiting(taskId), value);
    } catch (UndecodableException e) {
      buryUnreadable(taskId, value, e);
    }
  }

  private void releaseDue(LookBudget.Look look) {
    long nowMillis = context.currentSystemTimeMs();
    // Inclusive as the end of a range, but no whole key is this short.
    Bytes end = ParkedKey.startOf(nowMillis + 1);
    if (cursor.at().compareTo(end) > 0) {
      // The clock was set back: nothing is parked before the cursor, so nothing is due.
      return;
    }
    if (cursor.isBehind(end)) {
      releaseNewest(end, look);
      if (ParkedKey.dueMillisOf(cursor.seen()) < nowMillis - LONGEST_BEHIND_MILLIS) {
        cursor.join(end);
      }
    } else {
      cursor.join(end);
    }
    releaseOldest(look);
  }

  private void releaseNewest(Bytes end, LookBudget.Look look) {
    try (KeyValueIterator<Bytes, byte[]> due = parked.range(cursor.seen(), end)) {
      while (due.hasNext()) {
        if (!look.allowsNewest()) {
          return;
        }
        KeyValue<Bytes, byte[]> entry = due.next();
        release(entry.key, entry.value);
        cursor.passNewest(entry.key);
        look.count();
      }
    }
    cursor.passNewest(end);
  }

  private void releaseOldest(LookBudget.Look look) {
    try (KeyValueIterator<Bytes, byte[]> due = parked.range(cursor.at(), cursor.backlogEnd())) {
      while (due.hasNext()) {
        KeyValue<Bytes, byte[]> entry = due.next();
        release(entry.key, entry.value);
        cursor.pass(entry.key);
        look.count();
        if (!look.allowsMore()) {
          return;
        }
      }
    }
    cursor.catchUp();
  }

  private void release(Bytes key, byte[] value) {
    forget(key);
    TaskId taskId = ParkedKey.taskIdOf(key);
    try {
      ParkedTask waits = UntilAvailable.call(() -> codecs.parkedTasks().decode(value));
      decide(waits, ParkedKey.dueMillisOf(key), () -> waiting(taskId), value);
    } catch (UndecodableException e) {
      buryUnreadable(taskId, value, e);
    }
  }

  /**
   * Kept whole in a dead letter, in the transaction that takes it from the store: not lost. Was
   * readable when it came: written by a newer version, or the registry forgot the schema.
   */
  private void buryUnreadable(TaskId taskId, byte[] value, UndecodableException problem) {
    Waiting waiting = waiting(taskId);
    index.put(taskId.value(), null);
    RecordOrigin origin =
        new RecordOrigin(Topics.retry(type), waiting.partition(), waiting.offset());
    bury(origin, null, value, problem.reason(), problem.getMessage());
  }

  private Waiting waiting(TaskId taskId) {
    return Waiting.decode(index.get(taskId.value()))
        .orElseThrow(() -> new IllegalStateException("a parked task is missing in its index"));
  }

  /** Unlike {@code delete}, a put of null does not read what it removes. */
  private void forget(Bytes key) {
    parked.put(key, null);
    count(-1);
  }

  private void decide(ParkedTask waits, long dueMillis, Supplier<Waiting> waiting, byte[] value) {
    decide(waits.task(), waits.task(), dueMillis, waiting, value);
  }

  /**
   * Decides on a task that is due and stands in no store.
   *
   * @param ready how it is let go: younger after a pause
   * @param dueMillis since when it could go
   */
  private void decide(
      Task task, Task ready, long dueMillis, Supplier<Waiting> waiting, byte[] value) {
    if (controls.isCancelled(task)) {
      end(task);
      return;
    }
    Optional<String> pause = hasExpired(task) ? Optional.empty() : controls.pauseOf(task);
    if (pause.isPresent()) {
      hold(task, waiting.get().heldBy(pause.get(), task), value);
      held.add(pause.get());
    } else {
      letGo(ready, dueMillis);
    }
  }

  /**
   * Ends a cancelled task. The status topology wrote the cancellation and has already said so to
   * the world.
   */
  private void end(Task task) {
    index.put(task.taskId().value(), null);
    cancelled.record();
  }

  /** Its sender ends it, paused or not. */
  private boolean hasExpired(Task task) {
    return task.expiresAt().filter(at -> !now().isBefore(at)).isPresent();
  }

  private void hold(Task task, Waiting waiting, byte[] value) {
    parked.put(waiting.key(task.taskId()), value);
    count(1);
    index.put(task.taskId().value(), waiting.encode());
  }

  private void letGo(Task task, long dueMillis) {
    index.put(task.taskId().value(), null);
    String topic = Topics.tasks(type, task.isExpress());
    byte[] encoded = UntilAvailable.call(() -> codecs.tasks().encode(topic, task));
    Headers headers = new RecordHeaders();
    TraceHeaders.write(headers, task.trace());
    context.forward(
        new Record<>(
            task.destinationId().value().getBytes(UTF_8),
            encoded,
            context.currentSystemTimeMs(),
            headers),
        nodes.tasksSink(task.isExpress()));
    long late = context.currentSystemTimeMs() - dueMillis;
    metrics.released(type, Duration.ofMillis(Math.max(0, late)));
  }

  private void park(TaskId taskId, Waiting waiting, byte[] value) {
    Bytes key = waiting.key(taskId);
    parked.put(key, value);
    count(1);
    index.put(taskId.value(), waiting.encode());
    cursor.include(key);
  }

  private void bury(
      RecordOrigin origin,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Reason reason,
      @Nullable String message) {
    bury(DeadLetters.ofUnreadable(origin, key, value, reason, String.valueOf(message), now()));
  }

  private void bury(DeadLetter letter) {
    LOG.atWarn()
        .addKeyValue("topic", letter.origin().topic())
        .addKeyValue("partition", letter.origin().partition())
        .addKeyValue("offset", letter.origin().offset())
        .addKeyValue("reason", letter.reason().code())
        .log("record of a retry topic became a dead letter");
    byte[] encoded =
        UntilAvailable.call(() -> codecs.deadLetters().encode(Topics.DEAD_LETTERS, letter));
    context.forward(
        new Record<>(
            DeadLetters.keyOf(letter).getBytes(UTF_8), encoded, context.currentSystemTimeMs()),
        nodes.deadLettersSink());
    metrics.deadLettered(letter.reason());
  }

  private Instant now() {
    return Instant.ofEpochMilli(context.currentSystemTimeMs());
  }
}
