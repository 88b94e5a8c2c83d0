package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.app.CommandRig.Ran;
import io.waybill.app.cli.ExitCodes;
import io.waybill.testkit.Answer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.awaitility.Awaitility;

/** The commands about deliveries and dead letters. */
final class DeliveryChecks {
  private static final String ORG = "org-deliveries";

  private DeliveryChecks() {}

  static Map<String, CommandCheck> rows() {
    return Map.ofEntries(
        Map.entry("deliver", DeliveryChecks::deliver),
        Map.entry("status", DeliveryChecks::status),
        Map.entry("deliveries cancel", DeliveryChecks::cancel),
        Map.entry("deliveries retry", DeliveryChecks::retry),
        Map.entry("dead-letters list", DeliveryChecks::deadLettersList),
        Map.entry("dead-letters show", DeliveryChecks::deadLettersShow),
        Map.entry("dead-letters replay", DeliveryChecks::deadLettersReplay));
  }

  /** A delivery whose only destination refused it for good; its id. */
  static String failed(CommandRig rig, String organization, String label) {
    rig.receiver().always("/" + label, Answer.status(400));
    String delivery = rig.ended(organization, rig.destination(organization, label));
    assertThat(rig.given("status", delivery)).contains("failed");
    return delivery;
  }

  /** The dead letter of such a delivery; its id. */
  static String deadLetter(CommandRig rig, String organization, String label) {
    failed(rig, organization, label);
    return Awaitility.await()
        .atMost(CommandRig.SOON)
        .until(
            () -> rig.given("dead-letters", "list", "--org", organization, "-o", "id"),
            ids -> !ids.isEmpty());
  }

  private static void deliver(CommandRig rig) {
    String file = rig.requestFile(ORG, rig.destination(ORG, "delivered"), "");

    JsonNode status =
        rig.run("deliver", "-f", file, "--org", ORG, "--wait", "-o", "json").ok().json();

    assertThat(status.path("state").asText()).isEqualTo("completed");
    assertThat(rig.receiver().requests("/delivered"))
        .singleElement()
        .satisfies(request -> assertThat(request.bodyText()).isEqualTo("{\"n\": 1.10}"));
    Ran other = rig.run("deliver", "-f", file, "--org", "org-other");
    assertThat(other.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(other.err()).contains(ORG, "org-other", "Nothing was published");
    assertThat(rig.receiver().requests("/delivered")).hasSize(1);
  }

  private static void status(CommandRig rig) {
    String delivery = rig.ended(ORG, rig.destination(ORG, "status"));

    JsonNode status = rig.run("status", delivery, "--org", ORG, "-o", "json").ok().json();

    assertThat(status.path("deliveryId").asText()).isEqualTo(delivery);
    assertThat(status.path("state").asText()).isEqualTo("completed");
  }

  private static void cancel(CommandRig rig) {
    String later =
        "\"deliverAt\": \""
            + Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS)
            + "\"";
    String file = rig.requestFile(ORG, rig.destination(ORG, "cancelled"), later);
    String delivery = rig.given("deliver", "-f", file);
    Awaitility.await()
        .atMost(CommandRig.SOON)
        .until(() -> rig.inProcess("status", delivery).exitCode() == ExitCodes.OK);

    JsonNode status =
        rig.run("deliveries", "cancel", delivery, "--org", ORG, "-o", "json").ok().json();

    assertThat(status.path("state").asText()).isEqualTo("cancelled");
    assertThat(rig.receiver().requests("/cancelled")).isEmpty();
  }

  private static void retry(CommandRig rig) {
    String delivery = failed(rig, ORG, "retried");
    rig.receiver().always("/retried", Answer.status(200));

    JsonNode status =
        rig.run("deliveries", "retry", delivery, "--org", ORG, "-o", "json").ok().json();

    assertThat(status.path("deliveryId").asText()).isEqualTo(delivery);
    assertThat(rig.given("status", delivery, "--watch")).contains("completed");
    assertThat(rig.receiver().requests("/retried")).hasSize(2);
  }

  private static void deadLettersList(CommandRig rig) {
    String id = deadLetter(rig, "org-letters", "dead");
    deadLetter(rig, "org-other-letters", "dead-elsewhere");

    JsonNode letters =
        rig.run("dead-letters", "list", "--org", "org-letters", "-o", "json").ok().json();

    assertThat(letters).hasSize(1);
    assertThat(letters.get(0).path("id").asText()).isEqualTo(id);
    assertThat(letters.get(0).path("reason").asText()).isEqualTo("http-permanent");
  }

  private static void deadLettersShow(CommandRig rig) {
    String id = deadLetter(rig, "org-show", "shown");

    JsonNode letter =
        rig.run("dead-letters", "show", id, "--org", "org-show", "-o", "json").ok().json();
    String table = rig.run("dead-letters", "show", id, "--payload", "-o", "table").ok().out();

    assertThat(letter.path("id").asText()).isEqualTo(id);
    assertThat(letter.path("task").has("payload")).isFalse();
    assertThat(table.lines())
        .anySatisfy(line -> assertThat(line).startsWith("task.payload ").contains("1.10"));
  }

  private static void deadLettersReplay(CommandRig rig) {
    String id = deadLetter(rig, "org-replay", "replayed");
    rig.receiver().always("/replayed", Answer.status(200));

    JsonNode results =
        rig.run("dead-letters", "replay", id, "--org", "org-replay", "-o", "json").ok().json();

    assertThat(results).hasSize(1);
    assertThat(results.get(0).path("result").asText()).isEqualTo("replayed");
    rig.receiver().awaitRequests("/replayed", 2, CommandRig.SOON);
    assertThat(rig.given("status", results.get(0).path("deliveryId").asText(), "--watch"))
        .contains("completed");
  }
}
