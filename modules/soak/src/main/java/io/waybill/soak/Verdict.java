package io.waybill.soak;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.checker.Received;
import io.waybill.checker.Report;
import io.waybill.checker.Rule;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The judgement of one run, for people and for programs. */
record Verdict(Evidence evidence, Report report, List<Bound> bounds, List<Received> unexplained) {
  private static final int FINDINGS_SHOWN = 20;

  Verdict {
    bounds = List.copyOf(bounds);
    unexplained = List.copyOf(unexplained);
  }

  boolean holds() {
    return report.passed() && bounds.stream().allMatch(Bound::holds);
  }

  /** SIGKILLs that were carried out. */
  long kills() {
    return evidence.happened().stream().mapToLong(Happened::kills).sum();
  }

  private Map<String, Long> by(Function<Happened, String> what) {
    return evidence.happened().stream()
        .collect(Collectors.groupingBy(what, TreeMap::new, Collectors.counting()));
  }

  void print(PrintWriter out) {
    Run run = evidence.run();
    out.printf(
        Locale.ROOT,
        "soak: seed %d, %d s, %s, a signal each %.1f s, %d requests/s, commit %s%n",
        run.seed(),
        run.lasts().toSeconds(),
        run.brokers() == 1 ? "1 broker" : run.brokers() + " brokers",
        run.every().toMillis() / 1_000.0,
        run.perSecond(),
        run.commit());
    out.printf("soak: %d kills; by kind %s%n", kills(), by(Happened::what));
    out.printf("soak: by victim %s%n", by(Happened::victim));
    out.printf(
        Locale.ROOT,
        "soak: load average of this machine %.1f on average, %.1f at most%n%n",
        evidence.loads().stream().mapToDouble(one -> one).average().orElse(0),
        evidence.loads().stream().mapToDouble(one -> one).max().orElse(0));
    report.print(out, FINDINGS_SHOWN);
    out.printf("%n%-48s %10s %10s %9s%n", "bound", "value", "limit", "samples");
    for (Bound bound : bounds) {
      out.printf(
          Locale.ROOT,
          "%-48s %10s %10s %9d  %s%n",
          bound.name(),
          figure(bound.value(), bound.unit()),
          (bound.isLeast() ? ">= " : "") + figure(bound.limit(), bound.unit()),
          bound.samples(),
          bound.verdict());
    }
    unexplained.stream()
        .limit(FINDINGS_SHOWN)
        .forEach(one ->
            out.printf(
                "repeated for nothing: %s to %s, received %s%n",
                one.deliveryId(), one.destinationId(), one.receivedAt()));
    evidence.alarms().stream().limit(FINDINGS_SHOWN).forEach(line -> out.println("alarm: " + line));
    out.println();
    out.println(holds() ? "every rule is zero and every bound holds" : "BROKEN");
    out.flush();
  }

  private static String figure(double value, String unit) {
    if (!Double.isFinite(value)) {
      return "never";
    }
    String number =
        unit.isEmpty()
            ? String.format(Locale.ROOT, "%.0f", value)
            : String.format(Locale.ROOT, "%.2f", value);
    return unit.isEmpty() ? number : number + " " + unit;
  }

  ObjectNode json() {
    ObjectNode json = evidence.run().json();
    json.remove(List.of("calm", "dead"));
    json.put("holds", holds());
    json.put("kills", kills());
    by(Happened::what).forEach(json.putObject("faultsByKind")::put);
    by(Happened::victim).forEach(json.putObject("faultsByVictim")::put);
    ObjectNode load = json.putObject("loadAverage");
    load.put("mean", evidence.loads().stream().mapToDouble(one -> one).average().orElse(0));
    load.put("most", evidence.loads().stream().mapToDouble(one -> one).max().orElse(0));
    Report.Numbers numbers = report.numbers();
    ObjectNode counts = json.putObject("counts");
    counts.put("submitted", numbers.submitted());
    counts.put("acknowledged", numbers.acknowledged());
    counts.put("tasks", numbers.tasks());
    counts.put("received", numbers.received());
    counts.put("successes", numbers.successes());
    counts.put("repeated", numbers.repeated());
    counts.put("repeatsExplainedByUnreadableAnswers", numbers.explained());
    counts.put("repeatsAllowedForCrashes", numbers.allowed());
    numbers.unreadableRecords().forEach(counts.putObject("unreadableRecords")::put);
    ObjectNode rules = json.putObject("rules");
    for (Rule rule : Rule.values()) {
      rules.put(rule.word(), report.of(rule).size());
    }
    var array = json.putArray("bounds");
    for (Bound bound : bounds) {
      array
          .addObject()
          .put("name", bound.name())
          .put("value", Double.isFinite(bound.value()) ? bound.value() : -1)
          .put("limit", bound.limit())
          .put("isLeast", bound.isLeast())
          .put("unit", bound.unit())
          .put("samples", bound.samples())
          .put("holds", bound.holds());
    }
    return json;
  }
}
