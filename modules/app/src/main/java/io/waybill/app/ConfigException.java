package io.waybill.app;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration with everything that is wrong with it. */
public final class ConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<ConfigProblem> problems;

  ConfigException(Path file, List<ConfigProblem> problems) {
    super(inWords(file, problems));
    this.problems = List.copyOf(problems);
  }

  /** Each of them; at least one. */
  public List<ConfigProblem> problems() {
    return problems;
  }

  private static String inWords(Path file, List<ConfigProblem> problems) {
    if (problems.size() == 1) {
      return file + ": " + problems.getFirst();
    }
    return file
        + " has "
        + problems.size()
        + " problems:"
        + problems.stream()
            .map(problem -> System.lineSeparator() + "  " + problem)
            .collect(Collectors.joining());
  }
}
