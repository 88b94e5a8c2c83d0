package io.waybill.timer;

import static io.waybill.timer.TaskBuilder.aTask;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Control;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the driver cannot do: set the clock back, and restart over the same stores. */
class ParkingTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());
  private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
  private final LookBudget budget = new LookBudget(TimerConfig.defaults(), () -> 0);
  private final List<Duration> lateness = new ArrayList<>();
  private final TimerMetrics metrics =
      new TimerMetrics() {
        @Override
        public void parked(DestinationType type, long change) {
          parked += change;
        }

        @Override
        public void released(DestinationType type, Duration late) {
          lateness.add(late);
        }
      };
  private final ControlDigest digest = new ControlDigest();
  private long parked;
  private long nowMillis = START.toEpochMilli();

  @BeforeEach
  void makeStores() {
    makeStore("parked-webhook", Serdes.Bytes());
    makeStore("parked-index-webhook", Serdes.String());
    makeStore(TimerTopology.CONTROL_STORE, Serdes.String());
    context.setRecordMetadata(Topics.retry(DestinationType.WEBHOOK), 0, 0);
    context.setCurrentSystemTimeMs(nowMillis);
  }

  private <K> void makeStore(String name, Serde<K> keys) {
    var store =
        Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), keys, Serdes.ByteArray())
            .withLoggingDisabled()
            .build();
    store.init(context.getStateStoreContext(), store);
  }

  private Parking parking() {
    return new Parking(
        DestinationType.WEBHOOK, codecs, TimerConfig.defaults(), context, digest, metrics);
  }

  private void control(String key, byte[] value) {
    KeyValueStore<String, byte[]> control = context.getStateStore(TimerTopology.CONTROL_STORE);
    control.put(key, value);
    digest.take(key, value);
  }

  private void moveClock(long seconds) {
    moveClockMillis(seconds * 1_000);
  }

  private void moveClockMillis(long millis) {
    nowMillis += millis;
    context.setCurrentSystemTimeMs(nowMillis);
  }

  private void park(Parking parking, Task task, long inSeconds) {
    parkMillis(parking, task, inSeconds * 1_000);
  }

  private void parkMillis(Parking parking, Task task, long inMillis) {
    Instant dueAt = Instant.ofEpochMilli(nowMillis + inMillis);
    byte[] value =
        codecs
            .parkedTasks()
            .encode(
                Topics.retry(DestinationType.WEBHOOK), new ParkedTask(task, dueAt, Reason.RETRY));
    parking.take(new Record<>("hook".getBytes(UTF_8), value, nowMillis));
  }

  @Test
  void losesNothingWhenTheClockIsSetBack() {
    Parking parking = parking();

    moveClock(10);
    parking.release(budget);
    moveClock(-5);
    parking.release(budget);
    park(parking, aTask().build(), 2);
    moveClock(1);
    parking.release(budget);
    assertThat(context.forwarded()).isEmpty();
    moveClock(1);
    parking.release(budget);

    assertThat(context.forwarded()).hasSize(1);
  }

  @Test
  void tellsHowManyAreParkedAndHowLateTheyLeave() {
    Parking first = parking();
    Task again = aTask().build();
    park(first, again, 1);
    park(first, again.withAttempts(1), 2);
    park(first, aTask().build(), 5);
    park(first, aTask().build(), 0);
    assertThat(parked).as("one took the other's place, one was due").isEqualTo(2);

    moveClockMillis(2_040);
    first.release(budget);
    assertThat(parked).isEqualTo(1);
    assertThat(lateness).containsExactly(Duration.ZERO, Duration.ofMillis(40));

    first.leave();
    assertThat(parked).as("the partition went to somebody else").isZero();
    parking();
    assertThat(parked).as("and came back").isEqualTo(1);
  }

  @Test
  void aRestartFindsWhatWasParked() {
    Parking before = parking();
    park(before, aTask().build(), 1);
    park(before, aTask().build(), 5);
    moveClock(2);
    before.release(budget);
    assertThat(context.forwarded()).hasSize(1);

    moveClock(60);
    Parking after = parking();
    after.release(budget);
    after.release(budget);

    assertThat(context.forwarded()).hasSize(2);
  }

  @Test
  void aRestartFindsWhatIsHeldAndUnderWhichPauses() {
    List<Control> pauses =
        List.of(
            new Control.DestinationPaused(new DestinationId("hook"), START),
            // Its key begins like the other's.
            new Control.DestinationPaused(new DestinationId("hook-2"), START));
    pauses.forEach(one -> control(one.key(), codecs.controls().encode(Topics.CONTROL, one)));
    Parking before = parking();
    park(before, aTask().build(), 0);
    park(before, aTask().to("hook-2").build(), 0);
    park(before, aTask().to("hook-2").build(), 0);
    assertThat(context.forwarded()).isEmpty();

    Parking after = parking();
    control(pauses.get(1).key(), null);
    moveClock(60);
    after.release(budget);
    assertThat(context.forwarded()).hasSize(2);
    control(pauses.get(0).key(), null);
    moveClock(60);
    after.release(budget);

    assertThat(context.forwarded()).hasSize(3);
  }

  @Test
  void losesNothingWhenTheClockIsSetBackBehindABacklog() {
    TimerConfig two =
        new TimerConfig(Duration.ofMillis(50), 2, Duration.ofMillis(20), Duration.ofSeconds(1));
    LookBudget twoEach = new LookBudget(two, () -> 0);
    Parking parking = new Parking(DestinationType.WEBHOOK, codecs, two, context, digest, metrics);
    for (int i = 0; i < 10; i++) {
      park(parking, aTask().build(), 1);
    }
    moveClock(1);
    parking.release(twoEach);
    moveClockMillis(200);
    parking.release(twoEach);

    moveClockMillis(-100);
    parkMillis(parking, aTask().build(), 50);
    moveClockMillis(200);
    for (int i = 0; i < 20; i++) {
      moveClockMillis(50);
      parking.release(twoEach);
    }

    assertThat(context.forwarded()).hasSize(11);
  }
}
