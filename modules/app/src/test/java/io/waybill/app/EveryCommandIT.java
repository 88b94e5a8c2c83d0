package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.waybill.app.CommandRig.Ran;
import io.waybill.app.cli.ExitCodes;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every command through its real process, against one running installation. */
@Tag("long")
class EveryCommandIT {
  private static final String OWNER = "org-owner";
  private static final String INTRUDER = "org-intruder";

  @TempDir private static Path folder;
  private static CommandRig rig;

  @BeforeAll
  static void start() {
    rig = new CommandRig(folder);
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  /** One for each command, by the words that call it. A new command gets its row here. */
  static SortedMap<String, CommandCheck> rows() {
    SortedMap<String, CommandCheck> rows = new TreeMap<>();
    rows.putAll(DestinationChecks.rows());
    rows.putAll(DeliveryChecks.rows());
    rows.putAll(KeyChecks.rows());
    rows.putAll(OperatorChecks.rows());
    rows.putAll(PauseChecks.rows());
    return rows;
  }

  @TestFactory
  Stream<DynamicTest> doesWhatItSays() {
    return rows().entrySet().stream()
        .map(row -> dynamicTest(row.getKey(), () -> row.getValue().run(rig)));
  }

  /**
   * Commands that name one thing, with what they name: a delivery, a destination or a dead letter.
   */
  private static Map<String, String> naming(
      String delivery, String destination, String deadLetter) {
    Map<String, String> all = new LinkedHashMap<>();
    for (String command : List.of("status", "deliveries cancel", "deliveries retry")) {
      all.put(command, delivery);
    }
    for (String command : List.of("dead-letters show", "dead-letters replay")) {
      all.put(command, deadLetter);
    }
    for (String command :
        List.of("get", "enable", "disable", "set-default", "rotate-secret", "test", "delete")) {
      all.put("destinations " + command, destination);
    }
    all.put("storage clean-up", destination);
    for (String command : List.of("pause destination", "resume destination")) {
      all.put(command, destination);
    }
    return all;
  }

  @TestFactory
  Stream<DynamicTest> whatBelongsToAnotherOrganizationReadsAsNotThereAndLeavesASecurityEvent() {
    String deadLetter = DeliveryChecks.deadLetter(rig, OWNER, "private");
    String delivery =
        rig.given("dead-letters", "list", "--org", OWNER, "-o", "json")
            .transform(Ran::json)
            .get(0)
            .path("deliveryId")
            .asText();
    String destination = rig.given("destinations", "list", "--org", OWNER, "-o", "id");
    String unknown = UUID.randomUUID().toString();
    assertThat(DeliveryId.parse(unknown)).isPresent();
    return naming(delivery, destination, deadLetter).entrySet().stream()
        .map(one ->
            dynamicTest(
                one.getKey(),
                () -> readsAsNotThere(one.getKey(), one.getValue(), unknown, destination)));
  }

  private static void readsAsNotThere(
      String command, String foreign, String unknown, String destination) {
    int requests = rig.receiver().count("/private");

    Ran refused = rig.run(words(command, foreign));
    Ran notThere = rig.run(words(command, unknown));

    assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILED).isEqualTo(notThere.exitCode());
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).isEqualTo(notThere.err().replace(unknown, foreign));
    assertThat(rig.shown(destination).path("version").asLong()).as("nothing changed").isEqualTo(1);
    assertThat(rig.receiver().count("/private")).as("nothing was sent").isEqualTo(requests);
    AuditRecord event =
        Awaitility.await()
            .atMost(CommandRig.SOON)
            .until(
                () ->
                    rig.audits().stream()
                        .filter(audit -> audit.organizationId().value().equals(INTRUDER))
                        .filter(audit -> audit.subject().equals(foreign))
                        .filter(audit -> audit.action().startsWith("foreign-"))
                        .filter(
                            audit -> command.endsWith(audit.details().getOrDefault("command", "")))
                        .findFirst(),
                Optional::isPresent)
            .orElseThrow();
    assertThat(event.actor()).startsWith("cli:");
    assertThat(rig.audits()).noneMatch(audit -> audit.subject().equals(unknown));
  }

  private static String[] words(String command, String id) {
    List<String> words = new ArrayList<>(Arrays.asList(command.split(" ")));
    words.addAll(List.of(id, "--org", INTRUDER));
    return words.toArray(String[]::new);
  }
}
