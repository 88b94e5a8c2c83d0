package io.waybill.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.checker.Finding;
import io.waybill.checker.Report;
import io.waybill.checker.Rule;
import io.waybill.soak.Fault.Kind;
import io.waybill.testkit.StallWatch.Stall;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Every bound holds of a run as it should be, and is broken when the one thing is altered. */
class MeasuresTest {
  private final Story one = new Story(1);
  private final Story three = new Story(3);

  @Test
  void holdsOfARunAsItShouldBe() {
    one.signal(Kind.KILL, "broker-1", 100, 102, 108);
    one.happened.set(0, one.happened.getFirst().leading(List.of(0, 1, 2)));
    one.silence(100, 108);
    one.signal(Kind.KILL, Roster.WEBHOOK_1, 120.05, 121, 125);
    one.receive("delivery-120", 126);
    one.stopInOrder(Roster.EMAIL, 130, 2, 143);
    one.stalls.add(new Stall("waybill.events", 0, Story.at(120), Story.at(131)));

    assertThat(one.broken()).isEmpty();
    assertThat(one.bounds()).filteredOn(bound -> bound.samples() == 0).as("not measured").isEmpty();
  }

  @Test
  void fewerKillsThanARunOfTheUsualLengthMustHave() {
    one.plannedKills = 213;
    for (int kill = 0; kill < 199; kill++) {
      one.signal(Kind.KILL, Roster.TIMER, 100 + kill, 100.1 + kill, 100.2 + kill);
    }
    assertThat(one.broken()).containsExactly(Measures.KILLS);

    one.signal(Kind.KILL, Roster.TIMER, 300, 301, 302);

    assertThat(one.broken()).isEmpty();
  }

  @Test
  void fewerKillsThanAShortRunHasInItsSchedule() {
    one.plannedKills = 15;

    assertThat(one.broken()).containsExactly(Measures.KILLS);
  }

  @Test
  void aLoadThatFallsSilent() {
    one.load = Optional.of(new Run.Window(Story.at(0), Story.at(340)));

    assertThat(one.broken()).containsExactly(Measures.PUBLISHED);
  }

  @Test
  void aRunThatDoesNotSayHowLongItWasLoaded() {
    one.load = Optional.empty();

    assertThat(one.broken()).containsExactly(Measures.PUBLISHED);
  }

  @Test
  void aBrokerThatTakesNothingForTooLongAfterItsRestart() {
    one.signal(Kind.KILL, "broker-1", 100, 102, 108);
    one.silence(100, 117.5);

    assertThat(one.broken()).containsExactly(Measures.FIRST_ACK);
  }

  @Test
  void aBrokerThatNeverTakesAnythingAgain() {
    one.signal(Kind.KILL, "broker-1", 100, 102, 108);
    one.silence(100, 1_000);

    assertThat(one.broken()).containsExactly(Measures.FIRST_ACK);
  }

  @Test
  void aPartitionWithoutALeaderForTooLong() {
    three.happened.add(
        Happened.of(
                new Fault(1, Duration.ZERO, Kind.KILL, "broker", Duration.ZERO),
                "broker-2",
                Story.at(100),
                Story.at(103))
            .leading(List.of(1)));
    assertThat(three.broken()).isEmpty();

    three.acknowledged.removeIf(ack ->
        ack.partition() == 1
            && ack.at().isAfter(Story.at(100))
            && ack.at().isBefore(Story.at(126)));

    assertThat(three.broken()).containsExactly(Measures.LEADER_GAP);
  }

  @Test
  void anAcknowledgementWithoutEnoughReplicas() {
    three.signal(Kind.TWO_DOWN, "broker-1+broker-2", 100, 110, 118);

    assertThat(three.broken()).containsExactly(Measures.ACKS_WITHOUT_ISR);
  }

  @Test
  void brokersThatDoNotRecover() {
    three.signal(Kind.TWO_DOWN, "broker-1+broker-2", 100, 110, 118);
    three.silence(100, 171);

    assertThat(three.broken()).containsExactly(Measures.AFTER_TWO_DOWN);
  }

  @Test
  void aReaderThatIsHeldBackForTooLong() {
    one.stalls.add(new Stall("waybill.events", 0, Story.at(100), Story.at(125.5)));

    assertThat(one.broken()).containsExactly(Measures.STALL);
  }

  @Test
  void aWatchThatHasFailedAndSoSawNoStall() {
    one.watched = OptionalLong.empty();

    assertThat(one.broken()).containsExactly(Measures.STALL);
  }

  @Test
  void aReaderThatHasReadLessThanThereMustHaveBeen() {
    one.watched = OptionalLong.of(299);

    assertThat(one.broken()).containsExactly(Measures.STALL);
  }

  @Test
  void aStopThatTakesTooLong() {
    one.stopInOrder(Roster.EMAIL, 100, 31, 143);

    assertThat(one.broken()).containsExactly(Measures.GRACEFUL);
  }

  @Test
  void aStopThatIsNoStop() {
    one.stopInOrder(Roster.EMAIL, 100, 2, 1);

    assertThat(one.broken()).containsExactly(Measures.EXIT_CODES);
  }

  @Test
  void aRepeatThatAStopCaused() {
    one.stopInOrder(Roster.WEBHOOK_1, 100.12, 2, 143);
    one.receive("delivery-100", 105);

    assertThat(one.broken())
        .containsExactlyInAnyOrder(
            Measures.UNEXPLAINED, Measures.REPEATS, Measures.GRACEFUL_REPEATS);
  }

  @Test
  void aRepeatOfWhatHadEndedLongBeforeTheKill() {
    one.signal(Kind.KILL, Roster.WEBHOOK_1, 120.05, 121, 125);
    one.receive("delivery-100", 126);

    assertThat(one.broken()).containsExactly(Measures.UNEXPLAINED);
  }

  @Test
  void aRepeatAtAnotherTypeThanTheOneThatWasKilled() {
    one.signal(Kind.KILL, Roster.EMAIL, 120.05, 121, 125);
    one.receive("delivery-120", 126);

    assertThat(one.broken()).containsExactlyInAnyOrder(Measures.UNEXPLAINED, Measures.REPEATS);
  }

  @Test
  void anAnswerThatCouldNotBeReadExplainsItsRepeat() {
    one.receive("delivery-100", 126);
    one.failWithout("connection-lost", "delivery-100");

    assertThat(one.unexplained()).isEmpty();
  }

  @Test
  void moreRepeatsThanWereUnderWay() {
    one.signal(Kind.KILL, Roster.WEBHOOK_1, 120.12, 121, 125);
    for (int again = 0; again < 10; again++) {
      one.receive("delivery-120", 126 + again);
    }

    assertThat(one.broken()).contains(Measures.REPEATS);
  }

  /** The most that was open at one of them says nothing about the others. */
  @Test
  void crashesAllowTogetherWhatWasOpenAtEachOfThem() {
    for (int more = 0; more < 20; more++) {
      one.submit(120, 0.1);
    }
    one.signal(Kind.KILL, Roster.WEBHOOK_1, 120.12, 121, 125);
    one.signal(Kind.KILL, Roster.WEBHOOK_2, 150.12, 151, 155);
    one.signal(Kind.KILL, Roster.EMAIL, 160.12, 161, 165);

    assertThat(one.report().numbers().allowed())
        .as("the last three seconds' before each, and no mail")
        .isEqualTo(20 + 3 + 3);
  }

  @Test
  void windowsInWhichNothingArrived() {
    one.received.clear();

    assertThat(one.broken()).contains(Measures.ISOLATION);
  }

  @Test
  void othersThatAreSlowerWhileOneIsDead() {
    for (double second = 31; second < 59; second++) {
      one.submit(second, 0.25);
    }

    assertThat(one.broken()).containsExactly(Measures.ISOLATION);
  }

  @Test
  void aProcessThatDiedByItself() {
    one.happened.add(Happened.died(Roster.TIMER, 1, Story.at(100), Story.at(105)));

    assertThat(one.broken()).containsExactly(Measures.DIED);
  }

  @Test
  void aFaultThatFailed() {
    one.happened.add(Happened.failed(Roster.TIMER, "does not get ready"));

    assertThat(one.broken()).containsExactly(Measures.FAILED);
  }

  @Test
  void anAlarm() {
    one.signal(Kind.KILL, Roster.TIMER, 100, 101, 105);
    one.alarms.add("webhook-1-1.log: sender died");

    assertThat(one.broken()).containsExactly(Measures.ALARMS);
  }

  @Test
  void aBrokenRuleBreaksTheVerdict() {
    Report report = one.report();
    assertThat(new Verdict(one.evidence(), report, one.bounds(), List.of()).holds()).isTrue();

    Report broken =
        new Report(List.of(new Finding(Rule.LOST, "delivery-1", "gone")), report.numbers());

    assertThat(new Verdict(one.evidence(), broken, one.bounds(), List.of()).holds()).isFalse();
  }

  @Test
  void aRunIsReadAsItWasWritten() {
    Run run = one.evidence().run();
    assertThat(Run.read(run.json())).isEqualTo(run);

    one.load = Optional.empty();
    one.plannedKills = 7;
    Run other = one.evidence().run();
    assertThat(Run.read(other.json())).isEqualTo(other);
  }

  @Test
  void whatHappenedIsReadAsItWasWritten() throws Exception {
    one.stopInOrder(Roster.EMAIL, 100, 2, 143);
    Happened happened = one.happened.getFirst().leading(List.of(0, 2));

    assertThat(
            Happened.read(
                new com.fasterxml.jackson.databind.ObjectMapper().readTree(happened.line())))
        .isEqualTo(happened);
  }
}
