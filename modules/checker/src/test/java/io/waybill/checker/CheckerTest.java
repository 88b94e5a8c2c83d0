package io.waybill.checker;

import static io.waybill.checker.Run.NORTH;
import static io.waybill.checker.Run.ORG;
import static io.waybill.checker.Run.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.checker.Alterations.Alteration;
import io.waybill.checker.Topics.TaskEvent.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A good run passes; altered in one thing, it is red by the rule that this thing breaks. */
class CheckerTest {
  @Test
  void aGoodRunPasses() {
    Report report = check(Run.good());

    assertThat(report.findings()).isEmpty();
    assertThat(report.passed()).isTrue();
  }

  @Test
  void countsWhatItJudged() {
    Report.Numbers numbers = check(Run.good()).numbers();

    assertThat(numbers.submitted()).isEqualTo(13);
    assertThat(numbers.acknowledged()).isEqualTo(10);
    assertThat(numbers.tasks()).as("the cancelled one too").isEqualTo(10);
    assertThat(numbers.repeated()).isEqualTo(2);
    assertThat(numbers.explained()).as("by the late answer").isEqualTo(1);
    assertThat(numbers.unreadableAnswers()).isEqualTo(1);
    assertThat(numbers.allowed()).isEqualTo(1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.waybill.checker.Alterations#all")
  void anAlteredRunIsRedByTheRuleItBreaks(Alteration alteration) {
    Run run = Run.good();

    alteration.change().accept(run);

    Report report = check(run);
    assertThat(report.passed()).isFalse();
    assertThat(report.findings().stream().map(Finding::rule).collect(Collectors.toSet()))
        .as("%s: %s", alteration, report.findings())
        .isEqualTo(alteration.broken());
  }

  @Test
  void everyRuleIsBrokenByAnAlteration() {
    Set<Rule> broken = EnumSet.noneOf(Rule.class);
    Alterations.all().forEach(alteration -> broken.addAll(alteration.broken()));

    assertThat(broken).containsExactlyInAnyOrder(Rule.values());
  }

  @Test
  void anAttemptWithoutAnswerIsNoSuccess() {
    Run run = Run.good();
    run.received.replaceAll(one ->
        one.deliveryId().equals(Run.PLAIN)
            ? new Received(
                one.webhookId(),
                one.deliveryId(),
                one.destinationId(),
                one.receivedAt(),
                Optional.empty(),
                OptionalInt.empty(),
                one.dataSha256())
            : one);

    assertThat(check(run).of(Rule.FALSE_DELIVERED)).hasSize(1);
  }

  @Test
  void compactionMayHaveTakenStepsAway() {
    Run run = Run.good();
    List<Topics.Status> newest = new ArrayList<>();
    for (Topics.Status status : run.statuses) {
      newest.removeIf(older -> older.deliveryId().equals(status.deliveryId()));
      newest.add(status);
    }
    run.statuses.clear();
    run.statuses.addAll(newest);

    assertThat(check(run).findings()).isEmpty();
  }

  @Test
  void whatArrivedAlthoughCancelledIsDelivered() {
    Run run = Run.good();
    run.task(Run.CANCELLED, NORTH, 0, 0);
    run.received(Run.CANCELLED, NORTH, 200);
    run.event(Run.CANCELLED, NORTH, 0, 1, Kind.DELIVERED);
    run.status(Run.CANCELLED, "completed", state(Run.CANCELLED, NORTH, "delivered", 0, 1));
    run.parked.removeIf(one -> one.task().deliveryId().equals(Run.CANCELLED));

    assertThat(check(run).findings()).isEmpty();
  }

  @Test
  void whoStandsInForARequestedDestinationIsWanted() {
    Run run = Run.good();
    standIn(run, NORTH);
    assertThat(check(run).findings()).isEmpty();

    Run foreign = Run.good();
    standIn(foreign, "a-destination-that-nobody-asked-for");
    assertThat(check(foreign).of(Rule.PHANTOM)).isNotEmpty();
  }

  private static void standIn(Run run, String requested) {
    run.tasks.add(
        new Topics.Task(
            Run.id(Run.DIED, "backup"), ORG, Run.DIED, "backup", 0, 0, Optional.of(requested)));
    run.received(Run.DIED, "backup", 200);
    run.event(Run.DIED, "backup", 0, 1, Kind.DELIVERED);
    // The one that only says failed came never, for a fallback was asked for.
    run.statuses.removeIf(status -> status.deliveryId().equals(Run.DIED));
    run.status(
        Run.DIED,
        "completed",
        state(Run.DIED, NORTH, "failed", 0, 1),
        state(Run.DIED, "backup", "delivered", 0, 1));
  }

  @Test
  void otherOrganizationsCanBeLeftAlone() {
    Run run = Run.good();
    run.events.add(
        new Topics.Accepted(
            "theirs", "clinic", List.of(new Topics.Made("their-id", "their-hook")), Set.of()));
    run.tasks.add(new Topics.Task("their-id", "clinic", "theirs", "their-hook", 0, 0));
    run.events.removeIf(event -> event.deliveryId().equals(Run.REJECTED));
    run.events.add(new Topics.Rejected(Run.REJECTED, "-", "invalid-field"));

    Report all = Checker.check(run.history(), run.topics(), Run.ONE_REPEAT);
    Report ours = Checker.check(run.history(), run.topics().of(Set.of(ORG)), Run.ONE_REPEAT);

    assertThat(all.of(Rule.PHANTOM)).hasSize(1);
    assertThat(ours.findings()).isEmpty();
  }

  private static Report check(Run run) {
    return Checker.check(run.history(), run.topics(), Run.ONE_REPEAT);
  }
}
