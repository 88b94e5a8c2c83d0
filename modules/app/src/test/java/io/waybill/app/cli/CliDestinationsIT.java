package io.waybill.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.app.cli.Cli.Ran;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationType;
import io.waybill.domain.FieldError;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.SealedField;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.Resealer;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Destinations and their credentials at the command line. */
class CliDestinationsIT extends PlayedInstallation {
  @Test
  void createsUpdatesAndLeavesAloneADestination() throws Exception {
    String json = SIEM.formatted("apply");

    String id = ok(runWithInput(json, "destinations", "apply", "-f", "-", "-o", "id"));
    assertThat(id).matches("[0-9a-f-]{36}");

    int commands = records(Topics.DESTINATION_COMMANDS).size();
    Ran again = runWithInput(json, "destinations", "apply", "-f", "-");
    assertThat(ok(again)).contains("unchanged").contains(id);
    assertThat(records(Topics.DESTINATION_COMMANDS)).hasSize(commands);

    String changed = json.replace("s3cr3t-value", "another-value");
    assertThat(ok(runWithInput(changed, "destinations", "apply", "-f", "-")))
        .contains("updated")
        .contains(id)
        .contains("2");

    String shown = ok(run("destinations", "get", id));
    JsonNode read = new ObjectMapper().readTree(shown);
    assertThat(read.at("/config/webhook/headers/Authorization").asText())
        .startsWith("**** (fingerprint ");
    assertThat(read.path("version").asLong()).isEqualTo(2);

    String definition = ok(run("destinations", "get", id, "--definition"));
    assertThat(ok(runWithInput(definition, "destinations", "apply", "-f", "-")))
        .contains("unchanged");

    for (ConsumerRecord<byte[], byte[]> record : records(Topics.DESTINATION_COMMANDS)) {
      assertThat(new String(record.value(), java.nio.charset.StandardCharsets.ISO_8859_1))
          .doesNotContain("s3cr3t-value")
          .doesNotContain("another-value");
    }
    ConsumerRecord<byte[], byte[]> first = records(Topics.DESTINATION_COMMANDS).getFirst();
    assertThat(new String(first.key(), UTF_8)).isEqualTo("hospital-001");
  }

  @Test
  void resealsWhatOlderKeysSealedAndChangesNothingElse() {
    String id =
        ok(runWithInput(SIEM.formatted("reseal"), "destinations", "apply", "-f", "-", "-o", "id"));
    JsonNode before = shown(id);
    Path keyset = folder.resolve("data/keyset.json");
    ok(run("keys", "reseal"));
    int commands = records(Topics.DESTINATION_COMMANDS).size();
    assertThat(ok(run("keys", "reseal"))).contains("resealed: 0, failed: 0");
    assertThat(records(Topics.DESTINATION_COMMANDS)).hasSize(commands);

    Keyset rotated = Keyset.rotate(keyset);
    assertThat(ok(run("keys", "reseal", "--dry-run"))).contains(id);
    assertThat(records(Topics.DESTINATION_COMMANDS)).hasSize(commands);
    assertThat(ok(run("keys", "reseal"))).contains("failed: 0").doesNotContain("resealed: 0");

    JsonNode after = shown(id);
    assertThat(after.path("version").asLong()).isEqualTo(before.path("version").asLong() + 1);
    assertThat(after.path("config")).as("fingerprints too").isEqualTo(before.path("config"));
    assertThat(ok(run("keys", "reseal"))).contains("resealed: 0, failed: 0");
    assertThat(
            records(Topics.DESTINATION_SECRETS).stream()
                .filter(record -> new String(record.key(), UTF_8).equals(id))
                .map(record -> decodeSecrets(record.value()))
                .reduce((first, second) -> second)
                .orElseThrow()
                .fields())
        .isNotEmpty()
        .allMatch(new Resealer(rotated)::isCurrent);
  }

  private static DestinationSecrets decodeSecrets(byte[] value) {
    try {
      return codecs.destinationSecrets().decode(value);
    } catch (UndecodableException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode shown(String id) {
    try {
      return new ObjectMapper().readTree(ok(run("destinations", "get", id)));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void changesADestination() {
    String id =
        ok(runWithInput(SIEM.formatted("change"), "destinations", "apply", "-f", "-", "-o", "id"));

    assertThat(ok(run("destinations", "disable", id))).contains("disabled");
    assertThat(ok(run("destinations", "set-default", id))).contains("default");
    String listed = ok(run("destinations", "list", "--org", "hospital-001"));
    assertThat(listed.lines().filter(line -> line.startsWith(id)))
        .singleElement()
        .asString()
        .contains("disabled  yes")
        .contains("https://siem.hospital.com")
        .doesNotContain("hidden");
    assertThat(ok(run("destinations", "list", "--org", "other", "-o", "id"))).isEmpty();

    assertThat(ok(run("destinations", "delete", id, "-o", "id"))).isEqualTo(id);
    Ran gone = run("destinations", "get", id);
    assertThat(gone.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(gone.err()).contains("no such destination");
  }

  @Test
  void testsADestinationAsItsSendersWouldReachItAndPublishesNothing() throws Exception {
    String id =
        ok(runWithInput(SIEM.formatted("tested"), "destinations", "apply", "-f", "-", "-o", "id"));
    List<ConnectionTester.Test> tests = new ArrayList<>();
    AtomicReference<Outcome> outcome =
        new AtomicReference<>(
            new Outcome.Permanent(Reason.ADDRESS_DENIED, "in 10.0.0.0/8", Duration.ofMillis(3)));
    Cli cli =
        new Cli(
            folder,
            List.of(),
            Optional.of(test -> {
              tests.add(test);
              return new ConnectionTester.Result(outcome.get(), List.of("public addresses only"));
            }));
    long before = recordsOfAllTopics();

    Ran refused = run(cli, "", "destinations", "test", id);

    assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(refused.out())
        .contains("tested (" + id + ")")
        .contains("POST of an event of type waybill.test to siem.hospital.com")
        .contains("address-denied")
        .contains("in 10.0.0.0/8")
        .contains("allowCidrs")
        .doesNotContain("hidden", "s3cr3t");
    ConnectionTester.Test test = tests.getFirst();
    assertThat(test.destination().id().value()).isEqualTo(id);
    assertThat(test.secrets().fields())
        .extracting(SealedField::name)
        .containsExactly("webhook.headers.authorization");
    assertThat(test.keyset()).isPresent();
    assertThat(test.delivers()).isFalse();
    assertThat(test.operator().allowCidrs()).containsExactly("127.0.0.0/8", "fd00::/8");

    outcome.set(new Outcome.Delivered("204", Optional.empty(), Duration.ofMillis(7)));
    Ran good =
        run(cli, "{\"a\":1}", "destinations", "test", id, "--deliver", "--data", "-", "-o", "json");
    JsonNode json = new ObjectMapper().readTree(ok(good));
    assertThat(json.path("result").asText()).isEqualTo("ok");
    assertThat(json.path("happened").asText()).isEqualTo("answered 204 in 7 ms");
    assertThat(tests.getLast().delivers()).isTrue();
    assertThat(tests.getLast().data().text()).isEqualTo("{\"a\":1}");
    assertThat(recordsOfAllTopics()).isEqualTo(before);

    Ran unknown = run(cli, "", "destinations", "test", "nobody");
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(unknown.err()).contains("no such destination");
  }

  @Test
  void aCleanUpShowsFirstAndWritesDownWhatItRemoves() {
    // An organization of its own: others' tests look at what is written down of theirs.
    String json = SIEM.formatted("cleaned").replace("hospital-001", "hospital-cleaned");
    String id = ok(runWithInput(json, "destinations", "apply", "-f", "-", "-o", "id"));
    List<ObjectCleaner.Wish> wishes = new ArrayList<>();
    List<Integer> auditsBefore = new ArrayList<>();
    Cli cli =
        new Cli(
            folder,
            List.of(),
            Optional.empty(),
            Optional.of((wish, watcher) -> {
              wishes.add(wish);
              watcher.due("audit-logs/o/1.json", Instant.parse("2026-03-11T11:15:30Z"));
              auditsBefore.add(audits("hospital-cleaned").size());
              watcher.failed("audit-logs/o/2.json", "s3.example is not available");
              watcher.unfinished("audit-logs/o/3.json", Instant.parse("2026-03-01T10:00:00Z"));
              return new ObjectCleaner.Result(1, 2, 3, 4, 1, 1);
            }));
    int none = audits("hospital-cleaned").size();

    Ran looked = run(cli, "", "storage", "clean-up", id, "--allow-cidr", "10.1.0.0/16");

    assertThat(looked.exitCode()).as("one of them failed").isEqualTo(ExitCodes.FAILED);
    assertThat(looked.out())
        .contains("2026-03-11T11:15:30Z audit-logs/o/1.json")
        .contains("2026-03-01T10:00:00Z audit-logs/o/3.json (unfinished upload)")
        .contains(
            "to remove 1, not yet 2, held 3, not this destination's 4, failed 1, unfinished"
                + " uploads 1");
    assertThat(looked.err()).contains("audit-logs/o/2.json was left: s3.example is not available");
    assertThat(audits("hospital-cleaned")).hasSize(none);
    assertThat(wishes.getFirst().deletes()).isFalse();
    assertThat(wishes.getFirst().operator().allowCidrs())
        .containsExactly("10.1.0.0/16", "127.0.0.0/8", "fd00::/8");

    Ran removed = run(cli, "", "storage", "clean-up", id, "--delete", "-o", "json");

    assertThat(removed.out())
        .contains("\"removed\"", "\"audit-logs/o/1.json\"", "2026-03-11T11:15:30Z")
        .contains("\"uploads\"", "\"audit-logs/o/3.json\"", "2026-03-01T10:00:00Z");
    assertThat(wishes.getLast().deletes()).isTrue();
    assertThat(auditsBefore.getLast()).as("written down before it is gone").isEqualTo(none + 1);
    assertThat(audits("hospital-cleaned").subList(none, none + 3))
        .satisfiesExactly(
            audit -> {
              assertThat(audit.action()).isEqualTo("object-removed");
              assertThat(audit.actor()).isEqualTo("cli:test");
              assertThat(audit.subject()).isEqualTo(id);
              assertThat(audit.organizationId().value()).isEqualTo("hospital-cleaned");
              assertThat(audit.details()).containsEntry("key", "audit-logs/o/1.json");
            },
            audit -> {
              assertThat(audit.action()).isEqualTo("object-not-removed");
              assertThat(audit.details()).containsEntry("key", "audit-logs/o/2.json");
            },
            audit -> {
              assertThat(audit.action()).isEqualTo("upload-aborted");
              assertThat(audit.details()).containsEntry("key", "audit-logs/o/3.json");
            });
  }

  private static long recordsOfAllTopics() {
    return TopicCatalog.topics(TopicCatalog.EMBEDDED_PARTITIONS, Set.of(DestinationType.WEBHOOK))
        .stream()
        .mapToLong(topic -> records(topic.name()).size())
        .sum();
  }

  @Test
  void printsEveryFieldErrorOfARefusal() {
    answerer.refuse(
        "refused",
        List.of(
            new FieldError("label", "not-unique", "is taken"),
            new FieldError("", "quota", "too many destinations")));

    Ran ran = runWithInput(SIEM.formatted("refused"), "destinations", "apply", "-f", "-");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err())
        .contains("label: is taken [not-unique]")
        .contains("too many destinations [quota]");
  }

  @Test
  void saysSoWhenNobodyAnswers() {
    answerer.ignore("ignored");

    Ran ran =
        runWithInput(
            SIEM.formatted("ignored"), "destinations", "apply", "-f", "-", "--timeout", "1s");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("no answer within 1 s").contains("destinations role");
  }

  @Test
  void saysWhyAChangeWasRefused() throws Exception {
    String id =
        ok(runWithInput(SIEM.formatted("asked"), "destinations", "apply", "-f", "-", "-o", "id"));
    answerer.refuse("asked", List.of(new FieldError("", "destination-not-found", "there is none")));

    Ran own = run("destinations", "delete", id, "--org", "hospital-001");
    answerer.obey("asked");

    assertThat(own.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(own.err()).contains("was left as it is").contains("there is none");
    List<String> askedFor = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records(Topics.DESTINATION_COMMANDS)) {
      DestinationCommand command = codecs.destinationCommands().decode(record.value());
      if (command.destinationId().value().equals(id)
          && command.action() instanceof DestinationCommand.Delete) {
        askedFor.add(command.organizationId().value());
      }
    }
    assertThat(askedFor).containsExactly("hospital-001");
  }

  @Test
  void aRegistryThatIsNotThereEndsWithThree() {
    ok(runWithInput(SIEM.formatted("registry"), "destinations", "apply", "-f", "-"));
    String nobody = "http://127.0.0.1:1";

    Ran ran =
        Cli.in(folder)
            .run("destinations", "list", "--bootstrap-server", kafka, "--schema-registry", nobody);

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.UNREACHABLE);
    assertThat(ran.err()).contains("schema registry cannot be reached").contains("127.0.0.1:1");
  }
}
