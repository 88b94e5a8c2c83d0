package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** What operators do with many deliveries at once. */
final class PauseChecks {
  private static final String ORGANIZATION = "org-paused";

  private PauseChecks() {}

  static Map<String, CommandCheck> rows() {
    return Map.ofEntries(
        Map.entry("pause destination", PauseChecks::pauseDestination),
        Map.entry("pause organization", rig -> pause(rig, "organization", ORGANIZATION)),
        Map.entry("pause type", rig -> pause(rig, "type", "storage")),
        Map.entry("pause list", PauseChecks::pauseList),
        Map.entry("resume destination", PauseChecks::resumeDestination),
        Map.entry("resume organization", rig -> resume(rig, "organization", ORGANIZATION)),
        Map.entry("resume type", rig -> resume(rig, "type", "storage")),
        Map.entry("deliveries list", PauseChecks::deliveriesList));
  }

  private static void pauseDestination(CommandRig rig) {
    pause(rig, "destination", rig.destination(ORGANIZATION, "to-pause"));
  }

  private static void resumeDestination(CommandRig rig) {
    resume(rig, "destination", rig.destination(ORGANIZATION, "to-resume"));
  }

  private static void pause(CommandRig rig, String scope, String id) {
    JsonNode json =
        rig.run("pause", scope, id, "--reason", "they move house", "-o", "json").ok().json();

    assertThat(json.path("result").asText()).isEqualTo("paused");
    assertThat(json.path("scope").asText()).isEqualTo(scope);
    assertThat(json.path("id").asText()).isEqualTo(id);
    assertThat(json.path("reason").asText()).isEqualTo("they move house");
    assertThat(json.path("by").asText()).startsWith("cli:");
    assertThat(rig.given("pause", "list", "-o", "id").lines()).contains(id);
    rig.given("resume", scope, id);
  }

  private static void resume(CommandRig rig, String scope, String id) {
    rig.given("pause", scope, id);

    JsonNode json = rig.run("resume", scope, id, "-o", "json").ok().json();

    assertThat(json.path("result").asText()).isEqualTo("resumed");
    assertThat(json.has("since")).isFalse();
    assertThat(rig.given("pause", "list", "-o", "id").lines()).doesNotContain(id);
  }

  private static void pauseList(CommandRig rig) {
    String id = rig.destination(ORGANIZATION, "listed");
    rig.given("pause", "destination", id);
    rig.given("pause", "organization", "org-other-paused");

    JsonNode json = rig.run("pause", "list", "--org", ORGANIZATION, "-o", "json").ok().json();

    assertThat(json).hasSize(1);
    assertThat(json.get(0).path("id").asText()).isEqualTo(id);
    rig.given("resume", "destination", id);
    rig.given("resume", "organization", "org-other-paused");
  }

  private static void deliveriesList(CommandRig rig) {
    String organization = "org-listed";
    String delivery = rig.ended(organization, rig.destination(organization, "listed"));

    JsonNode json =
        rig.run("deliveries", "list", "--org", organization, "--type", "webhook", "-o", "json")
            .ok()
            .json();

    assertThat(json).hasSize(1);
    assertThat(json.get(0).path("deliveryId").asText()).isEqualTo(delivery);
    assertThat(json.get(0).path("state").asText()).isEqualTo("completed");
    assertThat(
            rig.given("deliveries", "list", "--org", organization, "--state", "failed", "-o", "id"))
        .isEmpty();
  }
}
