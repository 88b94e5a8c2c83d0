package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What all commands have in common. */
class EveryCommandTest {
  /** Why these have no {@code --output}: docs/cli.md says it too. */
  private static final Map<String, String> WITHOUT_OUTPUT =
      Map.of(
          "up", "runs until it is stopped; its one line is for whoever waits for it",
          "run", "likewise",
          "completion", "prints a script",
          "schema", "prints JSON Schema and nothing else");

  /** They neither name nor list anything that belongs to an organization. */
  private static final Set<String> WITHOUT_ORGANIZATION =
      Set.of(
          "up",
          "run",
          "completion",
          "schema",
          "topics apply",
          "topics acls",
          "config check",
          "config show",
          "keys init",
          "keys rotate",
          "pause organization",
          "pause type",
          "resume organization",
          "resume type");

  static Stream<Map.Entry<String, CommandLine>> commands() {
    return CommandTree.leaves().entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void printsForPeopleAndForPrograms(Map.Entry<String, CommandLine> command) {
    OptionSpec output = command.getValue().getCommandSpec().findOption("--output");
    if (WITHOUT_OUTPUT.containsKey(command.getKey())) {
      assertThat(output).isNull();
      return;
    }
    assertThat(output).isNotNull();
    assertThat(output.names()).contains("-o");
    List<String> values = new ArrayList<>();
    output.completionCandidates().forEach(values::add);
    assertThat(values).contains("table", "json");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void asksForOneOrganization(Map.Entry<String, CommandLine> command) {
    OptionSpec organization = command.getValue().getCommandSpec().findOption("--org");
    if (WITHOUT_ORGANIZATION.contains(command.getKey())) {
      assertThat(organization).isNull();
    } else {
      assertThat(organization).isNotNull();
    }
  }

  @Test
  void theExceptionsAreCommands() {
    assertThat(CommandTree.leaves().keySet())
        .containsAll(WITHOUT_OUTPUT.keySet())
        .containsAll(WITHOUT_ORGANIZATION);
  }

  @Test
  void eachIsRunByATestAsARealProcess() {
    assertThat(EveryCommandIT.rows().keySet())
        .as("a new command gets a row in EveryCommandIT")
        .isEqualTo(CommandTree.leaves().keySet());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void isDocumented(Map.Entry<String, CommandLine> command) throws Exception {
    String page = Files.readString(Path.of("..", "..", "docs", "cli.md"));
    String[] words = command.getKey().split(" ");
    // Commands of one group share a line: "`destinations list`, `get ID`".
    assertThat(page.lines().filter(line -> line.startsWith("| `")))
        .anySatisfy(line -> {
          assertThat(line).contains("`" + words[0]);
          assertThat(line).containsPattern("[` ]" + words[words.length - 1] + "[` ]");
        });
  }
}
