package io.waybill.timer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Control;
import io.waybill.domain.DestinationType;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * One partition of the timer over stores that outlive it, and a model of what must come out of it.
 * Every task that comes out is judged at once: it must be the one that waits, due, not cancelled,
 * and nothing of it paused. What is written since the last commit is lost in a crash, and what came
 * in since then comes again, as exactly-once processing has it.
 */
final class ParkingWorld {
  private static final DestinationType TYPE = DestinationType.WEBHOOK;

  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());
  private final TimerConfig config;
  private final Random random;
  private final KeyValueStore<String, byte[]> control =
      store(TimerTopology.CONTROL_STORE, Serdes.String());

  private final ControlDigest digest = new ControlDigest();

  private KeyValueStore<Bytes, byte[]> parked = store("parked-webhook", Serdes.Bytes());
  private KeyValueStore<String, byte[]> index = store("parked-index-webhook", Serdes.String());
  private MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
  private Parking parking;
  private LookBudget budget;
  private long nanos;
  long nowMillis;

  /** The model: what waits, and how it was at the last commit. */
  private Map<TaskId, ParkedTask> waiting = new HashMap<>();

  /** Of all that ever waited, what a pause covered meanwhile. */
  private final Set<TaskId> metPause = new HashSet<>();

  private Map<TaskId, ParkedTask> committedWaiting = Map.of();
  private Map<Bytes, byte[]> committedParked = Map.of();
  private Map<String, byte[]> committedIndex = Map.of();
  private final List<ParkedTask> cameSinceCommit = new ArrayList<>();

  /**
   * @param random decides how long each task takes, so that looks end anywhere
   */
  ParkingWorld(int maxPerTick, long startMillis, Random random) {
    this.random = random;
    config =
        new TimerConfig(
            Duration.ofMillis(50), maxPerTick, Duration.ofMillis(20), Duration.ofSeconds(1));
    nowMillis = startMillis;
    begin();
  }

  private static <K> KeyValueStore<K, byte[]> store(String name, Serde<K> keys) {
    return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), keys, Serdes.ByteArray())
        .withLoggingDisabled()
        .build();
  }

  /** A new stream task over the stores. */
  private void begin() {
    context = new MockProcessorContext<>();
    parked.init(context.getStateStoreContext(), parked);
    index.init(context.getStateStoreContext(), index);
    control.init(context.getStateStoreContext(), control);
    context.setRecordMetadata(Topics.retry(TYPE), 0, 0);
    context.setCurrentSystemTimeMs(nowMillis);
    budget = new LookBudget(config, () -> nanos += random.nextInt(6_000_000));
    parking = new Parking(TYPE, codecs, config, context, digest, TimerMetrics.NONE);
  }

  void take(ParkedTask task) {
    cameSinceCommit.add(task);
    process(task);
  }

  private void process(ParkedTask parkedTask) {
    Task task = parkedTask.task();
    ParkedTask before = waiting.get(task.taskId());
    boolean isStale = before != null && isNewer(before.task(), task);
    if (!isStale) {
      waiting.put(task.taskId(), parkedTask);
    }
    if (isPaused(task)) {
      metPause.add(task.taskId());
    }
    byte[] value = codecs.parkedTasks().encode(Topics.retry(TYPE), parkedTask);
    parking.take(new Record<>("hook".getBytes(UTF_8), value, 0));
    judge();
    if (!isStale && isDue(parkedTask) && !isCancelled(task) && !isPaused(task)) {
      assertThat(waiting)
          .as("due when it came, yet not let go at once")
          .doesNotContainKey(task.taskId());
    }
  }

  private static boolean isNewer(Task one, Task other) {
    return one.generation() != other.generation()
        ? one.generation() > other.generation()
        : one.attempts() > other.attempts();
  }

  void look() {
    parking.release(budget);
    judge();
  }

  /** Sets the clock, forward or back. */
  void clock(long millis) {
    nowMillis = millis;
    context.setCurrentSystemTimeMs(millis);
  }

  void put(Control word) {
    put(word.key(), codecs.controls().encode(Topics.CONTROL, word));
    noteMeetings();
  }

  void lift(String key) {
    put(key, null);
  }

  private void put(String key, byte[] value) {
    control.put(key, value);
    digest.take(key, value);
  }

  void commit() {
    committedWaiting = Map.copyOf(waiting);
    committedParked = contents(parked);
    committedIndex = contents(index);
    cameSinceCommit.clear();
  }

  /** In order: with a commit, and over the same stores. */
  void restart() {
    commit();
    begin();
  }

  /** A rebalance: another process, whose clock is another, with stores from the changelogs. */
  void move(long itsClockIsAheadMillis) {
    commit();
    clock(nowMillis + itsClockIsAheadMillis);
    crash();
  }

  /** The stores are made anew from their changelogs, and the input is read from the last commit. */
  void crash() {
    parked = store("parked-webhook", Serdes.Bytes());
    index = store("parked-index-webhook", Serdes.String());
    waiting = new HashMap<>(committedWaiting);
    noteMeetings();
    begin();
    committedParked.forEach(parked::put);
    committedIndex.forEach(index::put);
    parking = new Parking(TYPE, codecs, config, context, digest, TimerMetrics.NONE);
    cameSinceCommit.forEach(this::process);
  }

  private static <K> Map<K, byte[]> contents(KeyValueStore<K, byte[]> store) {
    Map<K, byte[]> contents = new HashMap<>();
    try (var all = store.all()) {
      all.forEachRemaining(entry -> contents.put(entry.key, entry.value));
    }
    return contents;
  }

  private void judge() {
    for (var forwarded : context.forwarded()) {
      Task task = decode(forwarded.record().value());
      ParkedTask expected = waiting.remove(task.taskId());
      assertThat(expected).as("let go twice, or never parked: " + task).isNotNull();
      // It grows no older while it is held, and no younger than that makes it.
      assertThat(task).isEqualTo(expected.task().withFirstDueAt(task.firstDueAt()));
      assertThat(Duration.between(expected.task().firstDueAt(), task.firstDueAt()))
          .as("younger by; now %s, %s", nowMillis, expected)
          .isBetween(Duration.ZERO, longestHeld(expected));
      assertThat(mayGo(expected)).as("early: now %s, %s", nowMillis, expected).isTrue();
      assertThat(isCancelled(task)).as("cancelled").isFalse();
      assertThat(isPaused(task)).as("paused").isFalse();
    }
    context.resetForwards();
    // What is cancelled goes silently, when a look has reached it.
    waiting
        .values()
        .removeIf(
            task -> isCancelled(task.task()) && index.get(task.task().taskId().value()) == null);
  }

  /** Held from when it could have gone until now, if it ever met a pause. */
  private Duration longestHeld(ParkedTask task) {
    Duration since = Duration.between(task.dueAt(), Instant.ofEpochMilli(nowMillis));
    return metPause.contains(task.task().taskId()) && since.isPositive() ? since : Duration.ZERO;
  }

  private void noteMeetings() {
    waiting.values().stream()
        .map(ParkedTask::task)
        .filter(this::isPaused)
        .forEach(task -> metPause.add(task.taskId()));
  }

  private Task decode(byte[] value) {
    try {
      return codecs.tasks().decode(value);
    } catch (UndecodableException e) {
      throw new AssertionError("not a task; has a good record become a dead letter?", e);
    }
  }

  /** What was parked because of a pause goes when that ends, due or not. */
  private boolean mayGo(ParkedTask task) {
    return isDue(task) || task.reason() == Reason.PAUSED;
  }

  boolean isDue(ParkedTask task) {
    return !task.dueAt().isAfter(Instant.ofEpochMilli(nowMillis));
  }

  private boolean isCancelled(Task task) {
    return word(Control.DeliveryCancelled.keyOf(task.deliveryId()))
            instanceof Control.DeliveryCancelled cancelled
        && task.generation() <= cancelled.generation();
  }

  private boolean isPaused(Task task) {
    return word(Control.DestinationPaused.keyOf(task.destinationId())) != null
        || word(Control.OrganizationPaused.keyOf(task.organizationId())) != null
        || word(Control.TypePaused.keyOf(task.destinationType())) != null;
  }

  private Control word(String key) {
    byte[] value = control.get(key);
    try {
      return value == null ? null : codecs.controls().decode(value);
    } catch (UndecodableException e) {
      throw new AssertionError(e);
    }
  }

  /** Looks until nothing changes any more, while the clock goes on slowly. */
  void drain() {
    for (int quiet = 0; quiet < 10; ) {
      int before = parkedTasks();
      // Or a look that finds the clock where it was takes all as one backlog.
      clock(Math.max(nowMillis, nowMillis + 1));
      look();
      quiet = parkedTasks() == before ? quiet + 1 : 0;
    }
  }

  int parkedTasks() {
    return contents(parked).size();
  }

  /** Nothing due is left, nothing not due is missing, and the index speaks of the same tasks. */
  void assertOnlyFutureIsLeft() {
    assertThat(waiting.values().stream().filter(this::isDue)).as("lost, or not let go").isEmpty();
    assertThat(contents(index).keySet().stream().filter(key -> !key.equals(Cursor.KEY)))
        .containsExactlyInAnyOrderElementsOf(waiting.keySet().stream().map(TaskId::value).toList());
    assertThat(contents(parked).keySet().stream().map(ParkedKey::taskIdOf))
        .containsExactlyInAnyOrderElementsOf(waiting.keySet());
  }

  static ParkedTask parked(Task task, long dueMillis) {
    Reason reason = task.priority() == 3 ? Reason.PAUSED : Reason.RETRY;
    return new ParkedTask(task, Instant.ofEpochMilli(dueMillis), reason);
  }
}
