package io.waybill.checker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;

/**
 * Judges a run that has come to rest: everything was submitted, nothing is killed any more, and the
 * topics were read to their ends. Pure, and safe to call from any thread.
 */
public final class Checker {
  private Checker() {}

  /**
   * Holds the topics against the histories.
   *
   * @param history complete: a receiver that is left out makes its deliveries false ones
   * @param topics of the same installation, of the organizations in the history
   */
  public static Report check(History history, Topics topics, Bounds bounds) {
    Facts facts = new Facts(history, topics);
    List<Finding> findings = new ArrayList<>();
    new LossRules(facts, findings::add).check();
    new TruthRules(facts, findings::add).check();
    new OnceRules(facts, findings::add).check();
    new StatusRules(facts, findings::add).check();
    Repeats repeats = Repeats.of(facts);
    repeats.finding(bounds).ifPresent(findings::add);
    List<Finding> ordered =
        findings.stream()
            .sorted(Comparator.comparing(Finding::rule).thenComparing(Finding::subject))
            .toList();
    return new Report(ordered, numbers(history, topics, bounds, repeats));
  }

  private static Report.Numbers numbers(
      History history, Topics topics, Bounds bounds, Repeats repeats) {
    var tasks = new HashSet<TaskKey>();
    topics.tasks().forEach(task -> tasks.add(task.key()));
    topics.parked().forEach(one -> tasks.add(one.task().key()));
    return new Report.Numbers(
        history.submitted().size(),
        history.submitted().stream()
            .filter(one -> one.fate() == Submitted.Fate.ACKNOWLEDGED)
            .count(),
        history.received().size(),
        history.received().stream().filter(Received::isAnsweredWithSuccess).count(),
        tasks.size(),
        repeats.repeated(),
        repeats.unreadable(),
        repeats.explained(),
        bounds.repeatsOfCrashes(),
        topics.unreadable());
  }
}
