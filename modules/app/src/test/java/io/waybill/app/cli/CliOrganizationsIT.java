package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.app.cli.Cli.Ran;
import io.waybill.domain.Alert;
import io.waybill.domain.AlertKind;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What one organization sees at the command line, and what it does not. */
class CliOrganizationsIT extends PlayedInstallation {
  @Test
  void whatBelongsToAnotherOrganizationReadsAsNotThere() throws Exception {
    DeliveryId delivery = DeliveryId.random();
    answerer.publish(Samples.status(delivery, OverallState.PROCESSING, 0));
    Task task = Samples.task(DeliveryId.random(), "hospital-001");
    answerer.publish(Samples.status(task.deliveryId(), OverallState.FAILED, 0));
    answerer.publish(
        DeadLetters.ofTask(
            new RecordOrigin("waybill.tasks.webhook", 1, 6),
            task,
            Reason.ATTEMPTS_EXHAUSTED,
            "3 attempts failed",
            Instant.now()));
    String destination =
        ok(runWithInput(SIEM.formatted("private"), "destinations", "apply", "-f", "-", "-o", "id"));
    long commands = commandsOfAllTopics();
    String unknown = UUID.randomUUID().toString();
    Map<String, String> naming = new LinkedHashMap<>();
    for (String command : List.of("status", "deliveries cancel", "deliveries retry")) {
      naming.put(command, delivery.toString());
    }
    // The change is not asked for, so that it reads so when no destinations role answers.
    for (String change :
        List.of("get", "rotate-secret", "enable", "disable", "set-default", "delete")) {
      naming.put("destinations " + change, destination);
    }
    for (String command : List.of("dead-letters show", "dead-letters replay")) {
      naming.put(command, task.taskId().value());
    }
    for (Map.Entry<String, String> one : naming.entrySet()) {
      Ran foreign = run(asking("org-asks", one.getKey(), one.getValue()));
      Ran nobodys = run(asking("org-asks", one.getKey(), unknown));

      assertThat(foreign.exitCode()).as(one.getKey()).isEqualTo(ExitCodes.FAILED);
      assertThat(nobodys.exitCode()).isEqualTo(ExitCodes.FAILED);
      assertThat(foreign.err()).isEqualTo(nobodys.err().replace(unknown, one.getValue()));
      assertThat(foreign.out()).isEmpty();
      assertThat(securityEvents("org-asks"))
          .filteredOn(event -> event.details().get("command").equals(one.getKey()))
          .singleElement()
          .satisfies(event -> {
            assertThat(event.action()).startsWith("foreign-").endsWith("-requested");
            assertThat(event.subject()).isEqualTo(one.getValue());
            assertThat(event.actor()).isEqualTo("cli:test");
          });
    }
    assertThat(commandsOfAllTopics()).as("nothing was asked of Waybill").isEqualTo(commands);
    assertThat(ok(run("status", delivery.toString(), "--org", "hospital-001")))
        .contains("processing");
    assertThat(ok(run("destinations", "get", destination, "--org", "hospital-001")))
        .contains("private");
    assertThat(securityEvents("hospital-001")).isEmpty();
  }

  private static String[] asking(String organization, String command, String id) {
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.addAll(List.of(id, "--org", organization));
    return words.toArray(String[]::new);
  }

  private static long commandsOfAllTopics() {
    return records(Topics.COMMANDS).size() + records(Topics.DESTINATION_COMMANDS).size();
  }

  private static List<AuditRecord> securityEvents(String organization) {
    return audits(organization).stream()
        .filter(event -> event.action().startsWith("foreign-"))
        .toList();
  }

  @Test
  void refusesFilesOfAnotherOrganization() {
    long requests = records(Topics.REQUESTS).size();

    Ran deliver =
        runWithInput(request(DeliveryId.random()), "deliver", "-f", "-", "--org", "org-other");
    Ran apply =
        runWithInput(
            SIEM.formatted("misplaced"), "destinations", "apply", "-f", "-", "--org", "org-other");

    assertThat(List.of(deliver, apply))
        .allSatisfy(ran -> {
          assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
          assertThat(ran.err()).contains("hospital-001", "org-other", "Nothing was published");
        });
    assertThat(records(Topics.REQUESTS)).hasSize((int) requests);
    assertThat(ok(run("destinations", "list"))).doesNotContain("misplaced");
  }

  @Test
  void followsAlertsOfOneOrganization() throws Exception {
    Alert wanted = Samples.alert("org-follow", AlertKind.DISABLED);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Ran> following =
          executor.submit(
              () -> run("alerts", "follow", "--org", "org-follow", "--count", "2", "-o", "json"));
      while (!following.isDone()) {
        // Until it stands at the end of the topic, it does not see them.
        answerer.publish(Samples.alert("org-other", AlertKind.DISABLED));
        answerer.publish(wanted);
      }
      Ran ran = following.get(30, TimeUnit.SECONDS);

      assertThat(ok(ran).lines())
          .hasSize(2)
          .allSatisfy(line -> {
            JsonNode json = new ObjectMapper().readTree(line);
            assertThat(json.path("alertId").asText()).isEqualTo(wanted.alertId().toString());
            assertThat(json.path("kind").asText()).isEqualTo("disabled");
          });
    }
  }

  @Test
  void followingEndsWhenNothingComes() {
    Ran ran = run("alerts", "follow", "--org", "org-quiet", "--timeout", "300ms");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("no such alert was raised within 300 ms");
  }

  @Test
  void topShowsAnInstallationWhereNothingRuns() throws Exception {
    String id =
        ok(runWithInput(SIEM.formatted("watched"), "destinations", "apply", "-f", "-", "-o", "id"));

    String line = ok(run("top", "--once", "--interval", "300ms", "-o", "json", "--rows", "1000"));

    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.has("problem")).as(line).isFalse();
    assertThat(json.path("types").fieldNames()).toIterable().containsExactly("webhook");
    assertThat(json.at("/types/webhook/lag").longValue()).isZero();
    assertThat(json.at("/behind/" + Topics.REQUESTS).longValue())
        .as("nobody has read the requests of other tests")
        .isEqualTo(records(Topics.REQUESTS).size());
    assertThat(json.path("destinations"))
        .anySatisfy(one -> assertThat(one.path("destinationId").asText()).isEqualTo(id));
    assertThat(run("top", "--interval", "1ms").exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run("top", "--count", "0").exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run("top", "--once", "--count", "2").exitCode()).isEqualTo(ExitCodes.USAGE);
    String others = ok(run("top", "--once", "--interval", "100ms", "--org", "org-other"));
    assertThat(others).contains("organization org-other").doesNotContain(id);
  }
}
