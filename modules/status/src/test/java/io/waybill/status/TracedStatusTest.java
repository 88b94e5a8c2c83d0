package io.waybill.status;

import static io.waybill.status.Sample.dead;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryCommand.Replay;
import io.waybill.domain.DeliveryCommand.Retry;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.domain.TraceParent;
import io.waybill.domain.Traces;
import io.waybill.wire.Topics;
import io.waybill.wire.TraceHeaders;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A delivery's new tasks hang where its first ones did. */
class TracedStatusTest {
  private static final TraceParent FAN_OUT =
      new TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  private static final TraceParent ATTEMPT =
      new TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-01");

  private final StatusDriver status = new StatusDriver();
  private final Sample sample = new Sample();

  @AfterEach
  void close() {
    status.close();
  }

  private void givenFailed() {
    status.event(sample.accepted("a"), FAN_OUT);
    status.event(sample.event("a", 0, 1, dead(Reason.ATTEMPTS_EXHAUSTED)), ATTEMPT);
  }

  @Test
  void aRetryHangsWhereFanOutEnded() {
    givenFailed();

    status.command(sample.command(new Retry(Set.of())));

    assertHangsAtFanOut();
  }

  @Test
  void aReplayHangsThereWhateverItsDeadLetterSays() {
    givenFailed();

    status.command(sample.command(new Replay(sample.task("a", 0, Sample.DATA))));

    assertHangsAtFanOut();
  }

  private void assertHangsAtFanOut() {
    var records = status.records(Topics.tasks(DestinationType.WEBHOOK));
    assertThat(records)
        .singleElement()
        .satisfies(record -> {
          assertThat(TraceHeaders.read(record.headers())).contains(FAN_OUT);
          assertThat(StatusDriver.decode(status.codecs.tasks(), record.value()).trace())
              .contains(FAN_OUT);
        });
    assertThat(status.status().trace()).contains(FAN_OUT);
  }

  @Test
  void everyEventThatChangesSomethingIsAStepAndEveryNewStateIsCounted() {
    givenFailed();
    status.event(sample.accepted("a"), FAN_OUT);

    assertThat(status.steps).extracting(Traces.Step::name).containsExactly("status", "status");
    assertThat(status.transitions).containsExactly(OverallState.QUEUED, OverallState.FAILED);
  }
}
