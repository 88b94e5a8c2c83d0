package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.app.cli.Cli.Ran;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class CommandLineTest {
  private static final String ID = "11111111-2222-3333-4444-555555555555";
  private static final String REQUEST =
      """
      {"organizationId": "o", "destinations": ["d"], "payload": {"type": "t", "data": {}}}
      """;

  @TempDir Path folder;

  static Stream<List<String>> everyCommand() {
    List<List<String>> all = new ArrayList<>();
    collect(Commands.commandLine(), List.of(), all);
    return all.stream();
  }

  private static void collect(CommandLine command, List<String> path, List<List<String>> all) {
    all.add(path);
    command
        .getSubcommands()
        .forEach((name, child) -> {
          List<String> longer = new ArrayList<>(path);
          longer.add(name);
          collect(child, longer, all);
        });
  }

  private static String[] with(List<String> path, String option) {
    return Stream.concat(path.stream(), Stream.of(option)).toArray(String[]::new);
  }

  @ParameterizedTest
  @MethodSource("everyCommand")
  void everyCommandHasHelpAndVersion(List<String> path) {
    Ran help = Cli.in(folder).run(with(path, "--help"));
    assertThat(help.exitCode()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out())
        .contains(
            "Usage: " + String.join(" ", with(List.of("waybill"), String.join(" ", path))).strip())
        .contains("--verbose")
        .doesNotContain("\u001b");

    Ran version = Cli.in(folder).run(with(path, "--version"));
    assertThat(version.exitCode()).isZero();
    assertThat(version.out()).startsWith("waybill ");
  }

  @Test
  void hasTheCommandsThatAreDocumented() {
    assertThat(everyCommand().map(path -> String.join(" ", path)))
        .contains(
            "deliver",
            "status",
            "destinations apply",
            "destinations list",
            "destinations get",
            "destinations delete",
            "destinations enable",
            "destinations disable",
            "destinations set-default",
            "health list",
            "alerts list",
            "alerts follow",
            "pause destination",
            "pause organization",
            "pause type",
            "pause list",
            "resume destination",
            "resume organization",
            "resume type",
            "deliveries list",
            "deliveries cancel",
            "deliveries retry",
            "dead-letters list",
            "dead-letters show",
            "dead-letters replay");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "frobnicate",
        "destinations",
        "destinations frobnicate",
        "deliver",
        "deliver -f",
        "deliver -f x --frobnicate",
        "destinations get",
        "destinations get a/b",
        "pause",
        "pause type fax",
        "pause organization a/b",
        "resume organization o --reason because",
        "dead-letters replay --all --to d --yes",
        "deliveries list --state asleep",
        "deliveries list --limit 0",
        "status",
        "status not-a-uuid",
        "status " + ID + " --output xml",
        "status " + ID + " --watch --timeout soon",
        "health",
        "health list --org ../x",
        "alerts",
        "alerts list --kind boredom",
        "alerts list --since yesterday",
        "deliveries cancel",
        "deliveries retry " + ID + " --destination a/b",
        "dead-letters show",
        "dead-letters list --reason because",
        "dead-letters list --since yesterday",
        "dead-letters list --org ../x",
        "dead-letters replay",
        "dead-letters replay abc --all",
        "dead-letters replay --all",
      })
  void aWrongCommandLineIsSaidInOneLineAndEndsWithTwo(String line) {
    Ran ran = Cli.in(folder).run(line.isEmpty() ? new String[0] : line.split(" "));

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).startsWith("waybill: ").contains("--help").doesNotContain("\tat ");
  }

  @Test
  void saysWhatToGiveWhenItIsNotClearWhereKafkaIs() {
    Ran ran = Cli.in(folder).run("destinations", "list");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err())
        .contains("--bootstrap-server")
        .contains("waybill up")
        .contains(folder.resolve(".waybill").toString());
  }

  @Test
  void readsWhereARunningWaybillIsFromItsDataFolder() throws IOException {
    String nobody = freeAddress();
    Files.createDirectories(folder.resolve("data"));
    Files.writeString(
        folder.resolve("data/endpoint.properties"), "bootstrap.servers=" + nobody + "\n");

    Ran ran = Cli.in(folder).run("destinations", "list", "--data-dir", "data");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.UNREACHABLE);
    assertThat(ran.err()).contains(nobody);
  }

  @Test
  void aBrokerThatIsNotThereEndsWithThreeWithinTenSeconds() {
    String nobody = freeAddress();
    long started = System.nanoTime();

    Ran ran = Cli.in(folder).run("status", ID, "--bootstrap-server", nobody);

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.UNREACHABLE);
    assertThat((System.nanoTime() - started) / 1_000_000).isLessThan(11_000);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.err()).contains("cannot be reached at " + nobody).contains("--command-config");
  }

  @Test
  void verboseAddsTheStackTrace() {
    Ran ran = Cli.in(folder).run("status", ID, "--bootstrap-server", "no port here", "--verbose");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.UNREACHABLE);
    assertThat(ran.err()).contains("\tat ");
  }

  @Test
  void aHostThatCannotBeIsUnreachable() {
    Ran ran = Cli.in(folder).run("status", ID, "--bootstrap-server", "kafka.invalid:9092");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.UNREACHABLE);
    assertThat(ran.err()).contains("kafka.invalid").doesNotContain("\tat ");
  }

  @Test
  void aMissingConfigFileIsNamed() {
    Ran ran =
        Cli.in(folder)
            .run("status", ID, "--bootstrap-server", "h:1", "--command-config", "nowhere.conf");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err()).contains("nowhere.conf").contains("no such file");
  }

  @Test
  void aWrongRequestIsRefusedBeforeKafkaIsLookedFor() throws IOException {
    Files.writeString(
        folder.resolve("r.json"),
        """
        {"organizationId": "../x", "destinations": [], "payload": {"type": "t", "data": {}},
         "options": {"priority": 11}, "colour": "red"}
        """);

    Ran ran = Cli.in(folder).run("deliver", "-f", "r.json", "--bootstrap-server", "h:1");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .contains("organizationId")
        .contains("destinations")
        .contains("options.priority")
        .contains("colour")
        .contains("Nothing was published");
  }

  @Test
  void readsStandardInput() {
    Ran wrong = Cli.in(folder).runWithInput("{}", "deliver", "-f", "-");
    assertThat(wrong.err()).contains("the request in - is not valid");

    Ran good = Cli.in(folder).runWithInput(REQUEST, "deliver", "-f", "-");
    assertThat(good.err()).contains("--bootstrap-server");
  }

  @Test
  void anAvroFileIsNotARequestHere() {
    Ran ran = Cli.in(folder).runWithInput("\u0000\u0000\u0000\u0000\u0001", "deliver", "-f", "-");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err()).contains("is not JSON");
  }

  @Test
  void wrongDestinationsAreAllNamedBeforeKafkaIsLookedFor() {
    String list =
        """
        [{"organizationId": "o", "label": "l", "type": "webhook",
          "config": {"webhook": {"url": "https://h.example/", "heders": {}}}},
         {"organizationId": "o", "label": "m", "type": "email", "config": {"email": {}}}]
        """;

    Ran ran = Cli.in(folder).runWithInput(list, "destinations", "apply", "-f", "-");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err())
        .contains("number 1 in the list")
        .contains("config.webhook.heders")
        .contains("[unknown-field]")
        .contains("number 2 in the list")
        .contains("config.email.service: is missing [required]")
        .contains("Nothing was published");
  }

  @Test
  void theSameLabelTwiceInOneFileIsAMistake() {
    String one =
        """
        {"organizationId": "o", "label": "l", "type": "webhook",
         "config": {"webhook": {"url": "https://h.example/"}}}
        """;

    Ran ran =
        Cli.in(folder)
            .runWithInput("[" + one + "," + one + "]", "destinations", "apply", "-f", "-");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err()).contains("number 2 in the list").contains("used twice");
  }

  @Command(name = "extra", mixinStandardHelpOptions = true)
  static final class Extra implements Callable<Integer> {
    @Override
    public Integer call() {
      throw CliException.failed("the extra command did not work");
    }
  }

  @Test
  void takesCommandsFromOthers() {
    Cli cli = new Cli(folder, List.of(CommandProvider.of("extra", Extra::new)));

    Ran ran = cli.run("extra");
    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err())
        .isEqualTo("waybill: the extra command did not work" + System.lineSeparator());
    assertThat(cli.run("extra", "--verbose").err()).contains("\tat ");
    assertThat(cli.run("extra", "--help").exitCode()).isZero();
    assertThat(cli.run("--help").out()).contains("extra");
  }

  private static String freeAddress() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
