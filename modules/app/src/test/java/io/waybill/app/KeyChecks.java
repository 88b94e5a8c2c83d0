package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.domain.OrganizationId;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.PayloadKeyFile;
import io.waybill.secrets.PayloadKeys;
import java.nio.file.Path;
import java.util.Map;

/** The commands about keys. */
final class KeyChecks {
  private static final OrganizationId ORG = new OrganizationId("org-keys");

  private KeyChecks() {}

  static Map<String, CommandCheck> rows() {
    return Map.ofEntries(
        Map.entry("keys init", KeyChecks::init),
        Map.entry("keys rotate", KeyChecks::rotate),
        Map.entry("keys reseal", KeyChecks::reseal),
        Map.entry("keys payload create", KeyChecks::payloadCreate),
        Map.entry("keys payload rotate", KeyChecks::payloadRotate),
        Map.entry("keys payload list", KeyChecks::payloadList),
        Map.entry("keys payload export", KeyChecks::payloadExport),
        Map.entry("keys payload destroy", KeyChecks::payloadDestroy));
  }

  private static void init(CommandRig rig) {
    JsonNode json = rig.run("keys", "init", "--keyset", "made.json", "-o", "json").ok().json();

    Path made = rig.folder().resolve("made.json");
    assertThat(json.path("keyset").asText()).isEqualTo(made.toString());
    assertThat(json.path("keyId").asText()).isEqualTo(Keyset.load(made).primaryKeyId());
  }

  private static void rotate(CommandRig rig) {
    Path file = rig.folder().resolve("rotated.json");
    Keyset before = Keyset.generate();
    before.save(file);

    JsonNode json = rig.run("keys", "rotate", "--keyset", "rotated.json", "-o", "json").ok().json();

    Keyset after = Keyset.load(file);
    assertThat(json.path("keyId").asText()).isEqualTo(after.primaryKeyId());
    assertThat(json.path("keyIds")).hasSize(2);
    assertThat(after.keyIds()).contains(before.primaryKeyId());
  }

  private static void reseal(CommandRig rig) {
    String id = rig.destination("org-reseal", "resealed");
    Keyset.rotate(rig.folder().resolve(".waybill/keyset.json"));
    long before = rig.shown(id).path("version").asLong();

    String[] dry = {"keys", "reseal", "--dry-run", "--org", "org-reseal", "-o", "json"};
    JsonNode wouldBe = CommandRig.Ran.json(rig.given(dry));
    JsonNode json = rig.run("keys", "reseal", "--org", "org-reseal", "-o", "json").ok().json();

    assertThat(wouldBe.path("toReseal").asInt()).isEqualTo(1);
    assertThat(wouldBe.has("resealed")).as("nothing was").isFalse();
    assertThat(json.path("resealed").asInt()).isEqualTo(1);
    assertThat(json.path("failed").asInt()).isZero();
    assertThat(json.at("/destinations/0/id").asText()).isEqualTo(id);
    assertThat(rig.shown(id).path("version").asLong()).isEqualTo(before + 1);
  }

  private static String[] payload(String command, String file, String... more) {
    String[] all = new String[9 + more.length];
    String[] begin = {
      "keys", "payload", command, "--payload-keys", file, "--org", ORG.value(), "-o", "json"
    };
    System.arraycopy(begin, 0, all, 0, begin.length);
    System.arraycopy(more, 0, all, begin.length, more.length);
    return all;
  }

  private static Path given(CommandRig rig, String file) {
    Path path = rig.folder().resolve(file);
    new PayloadKeyFile(path).create(ORG);
    return path;
  }

  private static void payloadCreate(CommandRig rig) {
    JsonNode json = rig.run(payload("create", "create.json")).ok().json();

    assertThat(json.path("organizationId").asText()).isEqualTo(ORG.value());
    assertThat(PayloadKeys.load(rig.folder().resolve("create.json")).keyId(ORG))
        .contains(json.path("keyId").asText());
  }

  private static void payloadRotate(CommandRig rig) {
    Path file = given(rig, "rotate.json");
    String before = PayloadKeys.load(file).keyId(ORG).orElseThrow();

    JsonNode json = rig.run(payload("rotate", "rotate.json")).ok().json();

    assertThat(PayloadKeys.load(file).keyId(ORG)).contains(json.path("keyId").asText());
    assertThat(json.path("keyId").asText()).isNotEqualTo(before);
  }

  private static void payloadList(CommandRig rig) {
    Path file = given(rig, "list.json");
    new PayloadKeyFile(file).create(new OrganizationId("org-other"));

    JsonNode json = rig.run(payload("list", "list.json")).ok().json();

    assertThat(json).hasSize(1);
    assertThat(json.get(0).path("organizationId").asText()).isEqualTo(ORG.value());
    assertThat(json.get(0).path("keyId").asText())
        .isEqualTo(PayloadKeys.load(file).keyId(ORG).orElseThrow());
  }

  private static void payloadExport(CommandRig rig) {
    Path file = given(rig, "export.json");
    new PayloadKeyFile(file).create(new OrganizationId("org-other"));

    JsonNode json = rig.run(payload("export", "export.json", "--to", "exported.json")).ok().json();

    PayloadKeys exported = PayloadKeys.load(Path.of(json.path("file").asText()));
    assertThat(exported.organizations()).containsExactly(ORG.value());
    assertThat(exported.keyId(ORG)).isEqualTo(PayloadKeys.load(file).keyId(ORG));
  }

  private static void payloadDestroy(CommandRig rig) {
    Path file = given(rig, "destroy.json");

    JsonNode json = rig.run(payload("destroy", "destroy.json", "--yes")).ok().json();

    assertThat(json.path("result").asText()).isEqualTo("destroyed");
    assertThat(PayloadKeys.load(file).has(ORG)).isFalse();
  }
}
