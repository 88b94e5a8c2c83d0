package io.waybill.timer;

import static io.waybill.timer.TaskBuilder.aTask;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Control;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.RawBytes;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.domain.TraceParent;
import io.waybill.wire.Topics;
import io.waybill.wire.TraceHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TimerTopologyTest {
  private static final Duration TICK = Duration.ofMillis(50);

  private final TimerDriver timer = new TimerDriver(TimerConfig.defaults());

  @AfterEach
  void close() {
    timer.close();
  }

  private Instant in(Duration time) {
    return timer.now().plus(time);
  }

  /** One on disk goes on behind where it was: a tombstone that is gone by then is never seen. */
  @Test
  void readsTheControlTopicWholeAtEachStart() {
    assertThat(timer.driver.getAllStateStores().get(TimerTopology.CONTROL_STORE).persistent())
        .isFalse();
  }

  @Test
  void letsATaskGoWhenItIsDueAndNotBefore() {
    Task task = aTask().to("hook-7").attempts(2).build();

    timer.park(task, in(Duration.ofSeconds(1)));
    timer.advance(Duration.ofMillis(999));
    assertThat(timer.released()).isEmpty();
    timer.advance(Duration.ofMillis(50));

    var records = timer.records(Topics.tasks(DestinationType.WEBHOOK));
    assertThat(records).hasSize(1);
    assertThat(new String(records.getFirst().key(), UTF_8)).isEqualTo("hook-7");
    assertThat(records.getFirst().getRecordTime()).isEqualTo(timer.now());
    assertThat(records.getFirst().value())
        .isEqualTo(timer.codecs.tasks().encode(Topics.tasks(DestinationType.WEBHOOK), task));
    assertThat(timer.parkedCount()).isZero();
    assertThat(timer.indexedCount()).isZero();
  }

  @Test
  void aTaskStaysWhereItHangsInATrace() {
    TraceParent trace = new TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    timer.park(aTask().build().withTrace(Optional.of(trace)), in(TICK));
    timer.park(aTask().build(), in(TICK));
    timer.advance(TICK);

    var records = timer.records(Topics.tasks(DestinationType.WEBHOOK));
    assertThat(records).hasSize(2);
    assertThat(records.stream().flatMap(record -> TraceHeaders.read(record.headers()).stream()))
        .containsExactly(trace);
  }

  @DisplayName("row 67: lets an overdue task go at once")
  @Test
  void letsAnOverdueTaskGoAtOnce() {
    Task task = aTask().build();

    timer.park(task, in(Duration.ofSeconds(-30)));

    assertThat(timer.released()).containsExactly(task);
    assertThat(timer.parkedCount()).isZero();
  }

  @Test
  void keepsWhatATaskSaysOfFallbacks() {
    Task fallback = aTask().fallbackOf("primary").build().withFallbackAsked();

    timer.park(fallback, in(TICK));
    timer.advance(TICK);

    assertThat(timer.released())
        .singleElement()
        .satisfies(task -> {
          assertThat(task).isEqualTo(fallback);
          assertThat(task.fallbackOf()).contains(new DestinationId("primary"));
          assertThat(task.fallbackAsked()).isTrue();
        });
  }

  @DisplayName("row 67: takes a time before 1970 as overdue")
  @Test
  void takesATimeBefore1970AsOverdue() {
    timer.park(aTask().build(), Instant.ofEpochSecond(-5));

    assertThat(timer.released()).hasSize(1);
  }

  @Test
  void sendsExpressTasksOnTheExpressTopicOfTheirType() {
    Task express = aTask().priority(8).build();
    Task email = aTask().ofType(DestinationType.EMAIL).build();

    timer.park(express, in(TICK));
    timer.park(DestinationType.EMAIL, email, in(TICK));
    timer.advance(TICK);

    assertThat(timer.released()).isEmpty();
    assertThat(timer.released(Topics.expressTasks(DestinationType.WEBHOOK)))
        .containsExactly(express);
    assertThat(timer.released(Topics.tasks(DestinationType.EMAIL))).containsExactly(email);
  }

  @Test
  void theSameRecordAgainIsOneTask() {
    Task task = aTask().build();
    Instant due = in(Duration.ofSeconds(1));

    timer.park(task, due);
    timer.park(task, due);
    timer.advance(Duration.ofSeconds(2));

    assertThat(timer.released()).containsExactly(task);
  }

  @Test
  void aLaterAttemptTakesTheEarlierOnesPlace() {
    DeliveryId delivery = DeliveryId.random();
    Task second = aTask().of(delivery).attempts(2).build();

    timer.park(aTask().of(delivery).attempts(1).build(), in(Duration.ofSeconds(1)));
    timer.park(second, in(Duration.ofSeconds(5)));
    timer.advance(Duration.ofSeconds(2));
    assertThat(timer.released()).isEmpty();
    timer.advance(Duration.ofSeconds(4));

    assertThat(timer.released()).containsExactly(second);
    assertThat(timer.parkedCount()).isZero();
  }

  @Test
  void aLaterGenerationTakesThePlaceOfManyAttempts() {
    DeliveryId delivery = DeliveryId.random();
    Task replayed = aTask().of(delivery).generation(1).attempts(0).build();

    timer.park(aTask().of(delivery).attempts(9).build(), in(Duration.ofSeconds(5)));
    timer.park(replayed, in(Duration.ofSeconds(1)));
    timer.advance(Duration.ofSeconds(10));
    timer.advance(Duration.ofSeconds(10));

    assertThat(timer.released()).containsExactly(replayed);
  }

  @Test
  void aLateCopyOfAnEarlierAttemptAddsNothing() {
    DeliveryId delivery = DeliveryId.random();
    Task newest = aTask().of(delivery).attempts(3).build();

    timer.park(newest, in(Duration.ofSeconds(5)));
    timer.park(aTask().of(delivery).attempts(2).build(), in(Duration.ofSeconds(-1)));
    assertThat(timer.released()).isEmpty();
    timer.advance(Duration.ofSeconds(6));

    assertThat(timer.released()).containsExactly(newest);
    assertThat(timer.metric("stale-total")).isEqualTo(1);
  }

  @Test
  void parksTheSameTaskAgainAfterItWasLetGo() {
    Task task = aTask().attempts(1).build();

    timer.park(task, in(Duration.ofSeconds(1)));
    timer.advance(Duration.ofSeconds(1));
    timer.park(task, in(Duration.ofSeconds(1)));
    timer.advance(Duration.ofSeconds(1));

    assertThat(timer.released()).containsExactly(task, task);
  }

  @Test
  void dropsATaskWhoseDeliveryWasCancelledMeanwhile() {
    Task task = aTask().generation(1).build();

    timer.park(task, in(Duration.ofSeconds(1)));
    timer.control(new Control.DeliveryCancelled(task.deliveryId(), 1, timer.now()));
    timer.advance(Duration.ofSeconds(2));

    assertThat(timer.released()).isEmpty();
    assertThat(timer.parkedCount()).isZero();
    assertThat(timer.indexedCount()).isZero();
    assertThat(timer.metric("cancelled-total")).isEqualTo(1);
  }

  @Test
  void letsAGenerationThatWasAskedForAfterTheCancelGo() {
    Task task = aTask().generation(2).build();

    timer.control(new Control.DeliveryCancelled(task.deliveryId(), 1, timer.now()));
    timer.park(task, in(Duration.ofSeconds(1)));
    timer.advance(Duration.ofSeconds(1));

    assertThat(timer.released()).containsExactly(task);
  }

  @Test
  void aControlRecordThatCannotBeReadStopsNothing() {
    Task task = aTask().build();

    timer.pipe(
        Topics.CONTROL,
        Control.DeliveryCancelled.keyOf(task.deliveryId()),
        "poison".getBytes(UTF_8));
    timer.park(task, in(Duration.ofSeconds(1)));
    timer.advance(Duration.ofSeconds(1));

    assertThat(timer.released()).containsExactly(task);
  }

  @Test
  void whatCannotBeReadBecomesADeadLetterAndTheNextGoesOn() {
    Task task = aTask().build();
    byte[] poison = "poison".getBytes(UTF_8);

    timer.pipe(Topics.retry(DestinationType.WEBHOOK), "hook", poison);
    timer.pipe(Topics.retry(DestinationType.WEBHOOK), "hook", null);
    timer.park(task, timer.now());

    var letters = timer.deadLetters();
    assertThat(letters)
        .extracting(letter -> letter.reason())
        .containsExactly(Reason.MALFORMED, Reason.MALFORMED);
    assertThat(letters.getFirst().originalValue()).contains(new RawBytes(poison));
    assertThat(letters.getFirst().origin().topic()).isEqualTo("waybill.retry.webhook");
    assertThat(letters.get(1).origin().offset()).isEqualTo(1);
    assertThat(timer.released()).containsExactly(task);
  }

  @DisplayName("row 63: a task of another type becomes a dead letter that holds it")
  @Test
  void aTaskOfAnotherTypeBecomesADeadLetterThatHoldsIt() {
    Task email = aTask().ofType(DestinationType.EMAIL).build();

    timer.park(DestinationType.WEBHOOK, email, in(Duration.ofSeconds(1)));
    timer.advance(Duration.ofSeconds(2));

    var letters = timer.deadLetters();
    assertThat(letters).hasSize(1);
    assertThat(letters.getFirst().reason()).isEqualTo(Reason.TYPE_MISMATCH);
    assertThat(letters.getFirst().task()).contains(email);
    assertThat(timer.released()).isEmpty();
    assertThat(timer.released(Topics.tasks(DestinationType.EMAIL))).isEmpty();
  }

  @Test
  void isMadeOfOneSubTopologyPerType() {
    var built =
        new TimerTopology(Set.of(DestinationType.values()), timer.codecs, TimerConfig.defaults())
            .build()
            .describe();

    assertThat(built.subtopologies()).hasSize(3);
    assertThat(built.globalStores()).hasSize(1);
    assertThat(List.copyOf(built.subtopologies()).toString()).contains("parked-index-storage");
  }
}
