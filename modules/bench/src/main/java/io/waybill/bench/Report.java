package io.waybill.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * What a benchmark found.
 *
 * @param figures the values that are compared with goals
 * @param notes what a reader should know beside them, one line each
 */
record Report(List<Figure> figures, List<String> notes) {
  Report {
    figures = List.copyOf(figures);
    notes = List.copyOf(notes);
  }

  boolean holds() {
    return figures.stream().allMatch(Figure::holds);
  }

  void print(PrintStream out) {
    out.println();
    notes.forEach(out::println);
    out.println();
    out.printf(
        "%-28s %8s  %-18s %-9s %-9s %-6s %s%n",
        "figure", "median", "rounds", "goal", "aim", "holds", "");
    for (Figure figure : figures) {
      out.printf(
          "%-28s %8s  %-18s %-9s %-9s %-6s %s%n",
          figure.name(),
          Numbers.show(figure.value()),
          Numbers.range(figure.rounds()),
          figure.goal(),
          figure.aim(),
          figure.holds() ? "yes" : "NO",
          figure.what());
    }
  }

  /** The figures of several, without what each was told to note. */
  static Report of(List<Report> reports) {
    return new Report(
        reports.stream().flatMap(report -> report.figures().stream()).toList(), List.of());
  }

  /** As JSON, with the machine that was measured. */
  void write(Path file) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    Machine.description().forEach(root.putObject("machine")::put);
    ArrayNode list = root.putArray("figures");
    for (Figure figure : figures) {
      ObjectNode node = list.addObject();
      node.put("name", figure.name());
      node.put("what", figure.what());
      node.put("value", figure.value());
      // put, given null, writes null: a figure that is only shown.
      node.put("goal", figure.goal().bound().orElse(null));
      node.put("aim", figure.aim().bound().orElse(null));
      node.put("holds", figure.holds());
      figure.rounds().forEach(node.withArray("rounds")::add);
    }
    notes.forEach(root.putArray("notes")::add);
    try {
      mapper.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
    } catch (IOException e) {
      throw new BenchException("the figures could not be written to " + file, e);
    }
  }
}
