package io.waybill.timer;

import static io.waybill.timer.TaskBuilder.aTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Control;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.HostileRecords;
import io.waybill.wire.HostileRecords.Hostile;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whatever somebody writes to the topics of the timer, it lets others' tasks go in time. */
class HostileRecordsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static <T> void assertNoneBreaks(
      String topic, String key, Function<Codecs, Codec<T>> codec, List<T> good) {
    List<Hostile> records =
        good.stream().flatMap(value -> HostileRecords.of(codec, value).stream()).toList();

    List<String> broken =
        HostileRecords.breaking(
            records,
            () -> new TimerDriver(TimerConfig.defaults()),
            (timer, record) -> {
              timer.pipe(topic, key, record.value(timer.registry));
              Task next = aTask().of(DeliveryId.random()).to("next").build();
              timer.park(next, timer.now().plus(SECOND));
              timer.advance(SECOND.multipliedBy(2));
              assertThat(timer.released()).as("after %s", record.place()).contains(next);
            });

    assertThat(broken).isEmpty();
    assertThat(records).hasSizeGreaterThan(20);
  }

  @DisplayName("row 64: no parked task ends it")
  @Test
  void noParkedTaskEndsIt() {
    Task full = aTask().attempts(2).fallbackOf("primary").expiresAt(TimerDriver.START).build();
    assertNoneBreaks(
        Topics.retry(DestinationType.WEBHOOK),
        "hook",
        Codecs::parkedTasks,
        Stream.of(Reason.RETRY, Reason.PAUSED)
            .map(reason -> new ParkedTask(full, TimerDriver.START.plus(SECOND), reason))
            .toList());
  }

  @Test
  void noControlEndsIt() {
    Control pause =
        new Control.DestinationPaused(
            new DestinationId("hook"), TimerDriver.START, Optional.of("ann"), Optional.of("why"));
    assertNoneBreaks(Topics.CONTROL, pause.key(), Codecs::controls, List.of(pause));
    Control cancel = new Control.DeliveryCancelled(DeliveryId.random(), 1, TimerDriver.START);
    assertNoneBreaks(Topics.CONTROL, cancel.key(), Codecs::controls, List.of(cancel, pause));
  }
}
