package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.app.CommandRig.Ran;
import io.waybill.app.cli.ExitCodes;
import java.util.Map;
import org.awaitility.Awaitility;

/** The commands about destinations. */
final class DestinationChecks {
  private static final String ORG = "org-destinations";

  private DestinationChecks() {}

  static Map<String, CommandCheck> rows() {
    return Map.ofEntries(
        Map.entry("destinations apply", DestinationChecks::apply),
        Map.entry("destinations list", DestinationChecks::list),
        Map.entry("destinations get", DestinationChecks::get),
        Map.entry("destinations delete", DestinationChecks::delete),
        Map.entry("destinations enable", DestinationChecks::enable),
        Map.entry("destinations disable", DestinationChecks::disable),
        Map.entry("destinations set-default", DestinationChecks::setDefault),
        Map.entry("destinations rotate-secret", DestinationChecks::rotateSecret),
        Map.entry("destinations test", DestinationChecks::test),
        Map.entry("storage clean-up", DestinationChecks::cleanUp),
        Map.entry("health list", DestinationChecks::healthList));
  }

  private static void apply(CommandRig rig) {
    String file = rig.destinationFile(ORG, "applied");

    JsonNode created =
        rig.run("destinations", "apply", "-f", file, "--org", ORG, "-o", "json").ok().json().get(0);

    assertThat(created.path("result").asText()).isEqualTo("created");
    assertThat(created.path("signingSecret").asText()).startsWith("whsec_");
    assertThat(rig.shown(created.path("id").asText()).path("label").asText()).isEqualTo("applied");
    Ran other = rig.run("destinations", "apply", "-f", file, "--org", "org-other");
    assertThat(other.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(other.err()).contains(ORG, "org-other", "Nothing was published");
  }

  private static void list(CommandRig rig) {
    String id = rig.destination("org-list", "listed");
    rig.destination(ORG, "not-listed");

    JsonNode listed =
        rig.run("destinations", "list", "--org", "org-list", "-o", "json").ok().json();

    assertThat(listed).hasSize(1);
    assertThat(listed.get(0).path("id").asText()).isEqualTo(id);
  }

  private static void get(CommandRig rig) {
    String id = rig.destination(ORG, "got");

    JsonNode shown = rig.run("destinations", "get", id, "--org", ORG, "-o", "json").ok().json();
    String table = rig.run("destinations", "get", id, "-o", "table").ok().out();

    assertThat(shown.at("/config/webhook/url").asText()).endsWith("/got");
    assertThat(table.lines())
        .anySatisfy(line -> assertThat(line).startsWith("config.webhook.url ").endsWith("/got"));
    assertThat(shown + table).doesNotContain("s3cr3t");
  }

  private static void delete(CommandRig rig) {
    String id = rig.destination(ORG, "deleted");
    assertThat(change(rig, "delete", id)).isEqualTo("deleted");
    assertThat(rig.inProcess("destinations", "get", id).err()).contains("no such destination");
  }

  private static void disable(CommandRig rig) {
    String id = rig.destination(ORG, "disabled");
    assertThat(change(rig, "disable", id, "--reason", "it moves")).isEqualTo("disabled");
    assertThat(rig.shown(id).path("enabled").asBoolean()).isFalse();
    assertThat(rig.shown(id).at("/disabled/reason").asText()).isEqualTo("it moves");
  }

  private static void enable(CommandRig rig) {
    String id = rig.destination(ORG, "enabled");
    rig.given("destinations", "disable", id);
    assertThat(change(rig, "enable", id)).isEqualTo("enabled");
    assertThat(rig.shown(id).path("enabled").asBoolean()).isTrue();
  }

  private static void setDefault(CommandRig rig) {
    String id = rig.destination(ORG, "default");
    assertThat(change(rig, "set-default", id)).isEqualTo("default");
    assertThat(rig.shown(id).path("isDefault").asBoolean()).isTrue();
  }

  private static String change(CommandRig rig, String command, String id, String... more) {
    String[] all = new String[7 + more.length];
    String[] begin = {"destinations", command, id, "--org", ORG, "-o", "json"};
    System.arraycopy(begin, 0, all, 0, begin.length);
    System.arraycopy(more, 0, all, begin.length, more.length);
    JsonNode json = rig.run(all).ok().json();
    assertThat(json.path("id").asText()).isEqualTo(id);
    return json.path("result").asText();
  }

  private static void rotateSecret(CommandRig rig) {
    String id = rig.destination(ORG, "rotated");

    JsonNode json =
        rig.run("destinations", "rotate-secret", id, "--org", ORG, "-o", "json").ok().json();

    assertThat(json.path("result").asText()).isEqualTo("rotated");
    assertThat(json.path("signingSecret").asText()).startsWith("whsec_");
    assertThat(rig.shown(id).at("/config/webhook/signing/previous")).hasSize(1);
  }

  private static void test(CommandRig rig) {
    String id = rig.destination(ORG, "tested");

    JsonNode json = rig.run("destinations", "test", id, "--org", ORG, "-o", "json").ok().json();

    assertThat(json.path("result").asText()).isEqualTo("ok");
    assertThat(rig.receiver().requests("/tested"))
        .singleElement()
        .satisfies(request -> assertThat(request.header("waybill-type")).contains("waybill.test"));
  }

  private static void cleanUp(CommandRig rig) {
    String archive =
        """
        {"organizationId": "%s", "label": "cleaned", "type": "storage", "config": {"storage": {
          "provider": "s3", "path": "cleaned/", "retention": {"days": 1, "autoCleanup": true},
          "config": {"region": "us-east-1", "bucket": "%s", "endpoint": "%s",
            "accessKeyId": "%s", "secretAccessKey": "%s"}}}}
        """
            .formatted(
                ORG,
                SharedStore.BUCKET,
                SharedStore.store().endpoint(),
                SharedStore.KEY_ID,
                SharedStore.SECRET);
    String file = rig.file("cleaned.json", archive);
    String id = rig.given("destinations", "apply", "-f", file, "-o", "id");
    rig.run("destinations", "test", id, "--deliver").ok();

    JsonNode json = rig.run("storage", "clean-up", id, "--org", ORG, "-o", "json").ok().json();

    assertThat(json.path("deleted").asBoolean()).isFalse();
    assertThat(json.path("removed").asInt()).isZero();
    assertThat(json.path("notYet").asInt()).as("written a moment ago").isEqualTo(1);
    Ran webhook = rig.run("storage", "clean-up", rig.destination(ORG, "no-store"), "--delete");
    assertThat(webhook.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(webhook.err()).contains("does not write to an object store");
  }

  private static void healthList(CommandRig rig) {
    String id = rig.destination("org-health", "healthy");
    rig.ended("org-health", id);
    Awaitility.await()
        .atMost(CommandRig.SOON)
        .until(() -> rig.given("health", "list", "--org", "org-health").contains("  healthy  "));

    JsonNode json = rig.run("health", "list", "--org", "org-health", "-o", "json").ok().json();

    assertThat(json).hasSize(1);
    assertThat(json.get(0).path("destinationId").asText()).isEqualTo(id);
    assertThat(json.get(0).path("state").asText()).isEqualTo("healthy");
    assertThat(json.get(0).path("deliveries").asLong()).isEqualTo(1);
  }
}
