package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.waybill.app.cli.Cli.Ran;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script, sourced by a real shell. */
class CompletionTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "waybill dest | destinations",
        "waybill destinations ro | rotate-secret",
        "waybill dead-letters | dead-letters",
        "waybill keys payload ex | export",
        "waybill destinations list --out | --output",
        "waybill destinations list --output j | json",
        "waybill health list --or | --org",
        "waybill top --sort la | latency label",
        "waybill completion z | zsh"
      })
  void completes(String typed, String offered) throws Exception {
    assertThat(complete(typed)).containsExactlyInAnyOrder(offered.split(" "));
  }

  @Test
  void offersAllCommandsAfterABlank() throws Exception {
    assertThat(complete("waybill "))
        .contains("deliver", "status", "destinations", "dead-letters", "top", "completion");
    assertThat(complete("waybill alerts ")).contains("list", "follow");
  }

  @Test
  void theScriptIsForZshToo() {
    Ran zsh = Cli.in(folder).run("completion", "zsh");

    assertThat(zsh.exitCode()).isZero();
    assertThat(zsh.out()).contains("bashcompinit");
    assertThat(Cli.in(folder).run("completion", "fish").exitCode()).isEqualTo(ExitCodes.USAGE);
  }

  /** A line of its own, in a terminal: typed, and completed by a TAB. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "waybill dest | waybill destinations",
        "waybill destinations ro | waybill destinations rotate-secret",
        "waybill destinations list --output j | waybill destinations list --output json",
        "waybill completion z | waybill completion zsh"
      })
  void completesInZsh(String typed, String completed) throws Exception {
    assumeTrue(isInstalled("zsh"), "zsh is not installed");
    Path script =
        Files.writeString(
            folder.resolve("completion.zsh"), Cli.in(folder).run("completion", "zsh").out());
    String press =
        """
        zmodload zsh/zpty
        zpty line zsh -f -i
        zpty -w line "unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D; source $1"
        zpty -w line "print 'is '$((6 * 7))"
        zpty -r -m line shown '*is 42*'
        zpty -n -w line "$2"$'\t'
        zpty -r -m line shown "*$3*"
        zpty -d line
        """;

    Path printed = folder.resolve("printed");
    Process zsh =
        new ProcessBuilder("zsh", "-f", "-c", press, "zsh", script.toString(), typed, completed)
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    boolean hasEnded = zsh.waitFor(60, TimeUnit.SECONDS);
    zsh.descendants().forEach(ProcessHandle::destroyForcibly);
    zsh.destroyForcibly();

    assertThat(hasEnded).as("whether the line came to be \"%s\"", completed).isTrue();
    assertThat(zsh.exitValue()).as(Files.readString(printed)).isZero();
  }

  private static boolean isInstalled(String command) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }

  /** What the shell offers when TAB is pressed after these words. */
  private List<String> complete(String typed) throws Exception {
    Ran ran = Cli.in(folder).run("completion", "bash");
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    Path script = Files.writeString(folder.resolve("completion.sh"), ran.out());
    // As the shell does it: the words, which of them is being typed, and the function to ask.
    String press =
        """
        set -eu -o pipefail
        set +u
        # It sets how the shell shows what is offered, and works only while a TAB is pressed.
        compopt() { :; }
        source "$1"
        read -r -a COMP_WORDS <<<"$2"
        case $2 in *' ') COMP_WORDS+=('') ;; esac
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        COMP_LINE=$2
        COMP_POINT=${#2}
        COMPREPLY=()
        function=$(complete -p waybill | sed 's/.* -F \\([^ ]*\\) .*/\\1/')
        "$function" waybill "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" || true
        printf '%s\\n' "${COMPREPLY[@]}"
        """;
    Path printed = folder.resolve("printed");
    Process bash =
        new ProcessBuilder("bash", "-c", press, "bash", script.toString(), typed)
            .redirectErrorStream(true)
            // A pipe would have to be read before the wait, and reading has no limit.
            .redirectOutput(printed.toFile())
            .start();
    if (!bash.waitFor(60, TimeUnit.SECONDS)) {
      bash.destroyForcibly();
      throw new AssertionError("still runs: " + Files.readString(printed));
    }
    String answer = Files.readString(printed);
    assertThat(bash.exitValue()).as(answer).isZero();
    return answer.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }
}
