package io.waybill.checker;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/**
 * The judgement of one run.
 *
 * @param findings in the order of the rules
 */
public record Report(List<Finding> findings, Numbers numbers) {
  public Report {
    findings = List.copyOf(findings);
  }

  /**
   * What was judged, so that a run in which nothing happened is seen to be one.
   *
   * @param submitted requests
   * @param acknowledged of them
   * @param received requests at the receivers
   * @param successes of them, answered 2xx
   * @param tasks different tasks on the topics
   * @param repeated successes beyond the first of each life of a task
   * @param unreadableAnswers attempts after which the sender could not know whether it had been
   *     received
   * @param explained repeats that those attempts explain
   * @param allowed repeats that crashes explain
   * @param unreadableRecords on the topics
   */
  public record Numbers(
      long submitted,
      long acknowledged,
      long received,
      long successes,
      long tasks,
      long repeated,
      long unreadableAnswers,
      long explained,
      long allowed,
      Map<String, Long> unreadableRecords) {
    public Numbers {
      unreadableRecords = Map.copyOf(unreadableRecords);
    }
  }

  /** Whether every rule holds. */
  public boolean passed() {
    return findings.isEmpty();
  }

  /** The findings of one rule. */
  public List<Finding> of(Rule rule) {
    return findings.stream().filter(finding -> finding.rule() == rule).toList();
  }

  /** Writes for people: the numbers, a table of the rules, and up to so many findings of each. */
  public void print(PrintWriter out, int mostPerRule) {
    out.printf(
        "submitted %d (acknowledged %d), tasks %d, received %d (answered 2xx %d)%n",
        numbers.submitted(),
        numbers.acknowledged(),
        numbers.tasks(),
        numbers.received(),
        numbers.successes());
    out.printf(
        "repeated %d: unreadable answers (%d) explain %d, crashes explain up to %d%n",
        numbers.repeated(), numbers.unreadableAnswers(), numbers.explained(), numbers.allowed());
    numbers
        .unreadableRecords()
        .forEach((topic, count) ->
            out.printf("not judged: %d records of %s that cannot be decoded%n", count, topic));
    out.printf("%n%-16s %8s  %s%n", "rule", "findings", "a finding means");
    for (Rule rule : Rule.values()) {
      out.printf("%-16s %8d  %s%n", rule.word(), of(rule).size(), rule.meaning());
    }
    for (Rule rule : Rule.values()) {
      print(out, rule, mostPerRule);
    }
    out.flush();
  }

  private void print(PrintWriter out, Rule rule, int most) {
    List<Finding> all = of(rule);
    if (all.isEmpty()) {
      return;
    }
    out.println();
    for (Finding finding : all.subList(0, Math.min(most, all.size()))) {
      String found = finding.subject() + ": " + finding.words();
      // Names come from outside and could move the cursor of a terminal.
      out.printf("%s %s%n", rule.word(), found.replaceAll("\\p{Cntrl}", "?"));
    }
    if (all.size() > most) {
      out.printf("%s: and %d more%n", rule.word(), all.size() - most);
    }
  }
}
