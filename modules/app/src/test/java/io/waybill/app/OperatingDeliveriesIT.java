package io.waybill.app;

import static io.waybill.app.Installation.SOON;
import static io.waybill.app.Installation.decodeGood;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.app.cli.Commands;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.testkit.Answer;
import io.waybill.testkit.HttpSink;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What operators do with deliveries, by the commands that they have for it. */
class OperatingDeliveriesIT {
  private final Installation waybill = Installation.shared();
  private final HttpSink receiver = HttpSink.start();
  private final OrganizationId hospital = Installation.newOrganization();

  @AfterEach
  void closeReceiver() {
    receiver.close();
  }

  private record Ran(int exitCode, String out, String err) {}

  private Ran run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Commands.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(
                Stream.concat(
                        Stream.of(arguments),
                        Stream.of(
                            "--bootstrap-server",
                            waybill.bootstrapServers(),
                            "--schema-registry",
                            waybill.config().schemaRegistry().get("schema.registry.url")))
                    .toArray(String[]::new));
    return new Ran(exitCode, out.toString(), err.toString());
  }

  private String ok(String... arguments) {
    Ran ran = run(arguments);
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    return ran.out();
  }

  private DestinationId webhook(String path) {
    URI url = receiver.uri(path);
    return waybill.createWebhook(hospital, url, 0, Map.of());
  }

  private DeliveryId request(DestinationId destination, int priority) {
    DeliveryId id = DeliveryId.random();
    String json =
        """
        {"deliveryId": "%s", "organizationId": "%s", "destinations": ["%s"],
         "payload": {"type": "report", "data": {"n": 1}}, "options": {"priority": %d}}
        """
            .formatted(id, hospital, destination, priority);
    waybill.send(Topics.REQUESTS, null, null, json.getBytes(UTF_8));
    return id;
  }

  /** The newest status of each of this test's deliveries. */
  private Map<DeliveryId, DeliveryStatus> statuses() {
    return waybill.readAll(Topics.STATUS).stream()
        .filter(record -> record.value() != null)
        .flatMap(
            record -> decodeGood(() -> waybill.codecs().statuses().decode(record.value())).stream())
        .filter(status -> status.organizationId().equals(hospital))
        .collect(Collectors.toMap(DeliveryStatus::deliveryId, Function.identity(), (a, b) -> b));
  }

  private boolean areAll(List<DeliveryId> ids, OverallState state) {
    Map<DeliveryId, DeliveryStatus> now = statuses();
    return ids.stream().allMatch(id -> now.containsKey(id) && now.get(id).state() == state);
  }

  /** Without the warnings of records that tests of bad input left behind. */
  private static String refusal(Ran ran) {
    return ran.err()
        .lines()
        .filter(line -> !line.startsWith("waybill: warning: left out the record"))
        .collect(Collectors.joining("\n"));
  }

  private static boolean isPaused(DeliveryStatus status) {
    DestinationStatus one = status.destinations().getFirst();
    return one.state() == DestinationState.PARKED
        && one.reason().filter(Reason.PAUSED::equals).isPresent();
  }

  private void awaitFirstPausedTask() {
    waybill.awaitRecord(
        Topics.EVENTS,
        record ->
            record.value() != null
                && decodeGood(() -> waybill.codecs().events().decode(record.value()))
                    .filter(event -> event.organizationId().equals(hospital))
                    .filter(event ->
                        event instanceof TaskEvent task
                            && task.transition() instanceof TaskTransition.Parked parked
                            && parked.reason() == Reason.PAUSED)
                    .isPresent());
  }

  @Test
  void aPausedOrganizationIsSentNothingUntilItIsResumedThenAllOfIt() throws Exception {
    DestinationId siem = webhook("/load");
    List<DeliveryId> ids = new CopyOnWriteArrayList<>();
    ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
    try {
      publisher.scheduleAtFixedRate(
          () -> ids.add(request(siem, ids.size() % 5 == 0 ? 9 : 5)), 0, 10, TimeUnit.MILLISECONDS);
      receiver.awaitRequests("/load", 50, SOON);

      assertThat(ok("pause", "organization", hospital.value(), "--reason", "they move house"))
          .contains("paused");
      awaitFirstPausedTask();
      // The sender knows of it: no attempt of what is published from now on may begin. One request
      // may have been published and not counted yet.
      int known = ids.size() + 1;
      await().atMost(SOON).until(() -> ids.size() >= known + 100);
      publisher.shutdown();
      assertThat(publisher.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            Map<DeliveryId, DeliveryStatus> now = statuses();
            return ids.stream()
                .map(now::get)
                .allMatch(status ->
                    status != null
                        && (status.state() == OverallState.COMPLETED || isPaused(status)));
          });
      assertThat(receiver.requests("/load"))
          .extracting(request -> request.header("webhook-id").orElseThrow())
          .doesNotContainAnyElementsOf(
              ids.subList(known, ids.size()).stream()
                  .map(id -> TaskId.of(hospital, id, siem).value())
                  .toList());
      int before = receiver.count("/load");
      assertThat(before).isLessThan(ids.size());
      assertThat(ok("pause", "list")).contains(hospital.value(), "they move house");
      assertThat(ok("health", "list", "--org", hospital.value())).contains("paused");
      assertThat(ok("pause", "organization", hospital.value())).contains("already paused");
      assertThat(receiver.count("/load")).isEqualTo(before);
    } finally {
      publisher.shutdownNow();
      assertThat(ok("resume", "organization", hospital.value())).contains("resumed");
    }

    receiver.awaitRequests("/load", ids.size(), Duration.ofSeconds(60));
    await().atMost(Duration.ofSeconds(60)).until(() -> areAll(ids, OverallState.COMPLETED));
    Set<String> expected =
        ids.stream().map(id -> TaskId.of(hospital, id, siem).value()).collect(Collectors.toSet());
    assertThat(receiver.requests("/load"))
        .extracting(request -> request.header("webhook-id").orElseThrow())
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(statuses().values())
        .allSatisfy(status ->
            assertThat(status.destinations().getFirst().attempts()).as("no attempt").isEqualTo(1));
    assertThat(ok("pause", "list")).doesNotContain(hospital.value());
    assertThat(ok("resume", "organization", hospital.value())).contains("not paused");
  }

  @Test
  void deadLettersOfOneFilterAreReplayedOnceHoweverManyAskForIt() throws Exception {
    receiver.always("/mended", Answer.status(400));
    receiver.always("/broken", Answer.status(400));
    DestinationId mended = webhook("/mended");
    DestinationId broken = webhook("/broken");
    List<DeliveryId> wanted = Stream.generate(() -> request(mended, 5)).limit(5).toList();
    List<DeliveryId> others = List.of(request(broken, 5));
    await().atMost(SOON).until(() -> areAll(wanted, OverallState.FAILED));
    await().atMost(SOON).until(() -> areAll(others, OverallState.FAILED));
    receiver.always("/mended", Answer.status(200));
    String[] replay = {
      "dead-letters",
      "replay",
      "--all",
      "--yes",
      "--org",
      hospital.value(),
      "--destination",
      mended.value(),
      "--type",
      "webhook",
      "--since",
      "1h"
    };

    Ran dry = run(Stream.concat(Stream.of(replay), Stream.of("--dry-run")).toArray(String[]::new));
    assertThat(dry.err())
        .contains("5 task(s) of 5 deliveries to replay, by reason: http-permanent 5");
    Ran older =
        run(
            "dead-letters",
            "replay",
            "--all",
            "--dry-run",
            "--org",
            hospital.value(),
            "--since",
            "2h",
            "--until",
            "1h");
    assertThat(older.err()).contains("no dead-lettered task matches the filters");
    var first = CompletableFuture.supplyAsync(() -> run(replay));
    var second = CompletableFuture.supplyAsync(() -> run(replay));
    assertThat(first.get(2, TimeUnit.MINUTES).exitCode()).as(first.get().err()).isZero();
    assertThat(second.get(2, TimeUnit.MINUTES).exitCode()).as(second.get().err()).isZero();
    await().atMost(SOON).until(() -> areAll(wanted, OverallState.COMPLETED));
    Ran third = run(replay);

    assertThat(third.out()).contains("was already replayed, nothing was sent");
    assertThat(third.err()).contains("0 task(s)");
    assertThat(receiver.requests("/mended")).hasSize(10);
    assertThat(receiver.requests("/broken")).hasSize(1);
    assertThat(ok("deliveries", "list", "--org", hospital.value(), "--state", "failed", "-o", "id"))
        .isEqualToIgnoringWhitespace(others.getFirst().toString());
  }

  @Test
  void deadLettersGoToAnotherDestinationOnceAndCompleteTheirDeliveries() throws Exception {
    receiver.always("/gone", Answer.status(400));
    DestinationId gone = webhook("/gone");
    DestinationId spare = webhook("/spare");
    List<DeliveryId> ids = Stream.generate(() -> request(gone, 5)).limit(3).toList();
    await().atMost(SOON).until(() -> areAll(ids, OverallState.FAILED));
    String[] reroute = {
      "dead-letters", "replay", "--all", "--yes", "--org", hospital.value(), "--to", spare.value()
    };

    var first = CompletableFuture.supplyAsync(() -> run(reroute));
    var second = CompletableFuture.supplyAsync(() -> run(reroute));
    assertThat(first.get(2, TimeUnit.MINUTES).exitCode()).as(first.get().err()).isZero();
    assertThat(second.get(2, TimeUnit.MINUTES).exitCode()).as(second.get().err()).isZero();
    await().atMost(SOON).until(() -> areAll(ids, OverallState.COMPLETED));
    assertThat(ok(reroute)).contains("was already rerouted, nothing was sent");

    assertThat(receiver.requests("/spare"))
        .extracting(request -> request.header("webhook-id").orElseThrow())
        .containsExactlyInAnyOrderElementsOf(
            ids.stream().map(id -> TaskId.of(hospital, id, spare).value()).toList());
    assertThat(statuses().values())
        .allSatisfy(
            status -> assertThat(status.destinations().getFirst().deliveredBy()).contains(spare));
    // What another destination has needs no replay, unless somebody names it.
    assertThat(ok("dead-letters", "replay", "--all", "--yes", "--org", hospital.value()))
        .contains("nothing was sent");
    assertThat(receiver.requests("/gone")).hasSize(3);
  }

  @Test
  void anotherOrganizationsDestinationReadsLikeNoneAndLeavesASecurityEvent() {
    receiver.always("/refusing", Answer.status(400));
    DestinationId refusing = webhook("/refusing");
    OrganizationId neighbour = Installation.newOrganization();
    DestinationId theirs = waybill.createWebhook(neighbour, receiver.uri("/theirs"), 0, Map.of());
    DeliveryId id = request(refusing, 5);
    await().atMost(SOON).until(() -> areAll(List.of(id), OverallState.FAILED));
    String task = TaskId.of(hospital, id, refusing).value();

    Ran unknown = run("dead-letters", "replay", task, "--to", "no-such-destination");
    Ran foreign = run("dead-letters", "replay", task, "--to", theirs.value());
    Ran paused = run("pause", "destination", theirs.value(), "--org", hospital.value());

    assertThat(foreign.exitCode()).isEqualTo(1);
    assertThat(refusal(foreign).replace(theirs.value(), "ID"))
        .isEqualTo(refusal(unknown).replace("no-such-destination", "ID"))
        .isEqualTo(refusal(paused).replace(theirs.value(), "ID"));
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(audits())
                .filteredOn(audit -> audit.action().equals("foreign-destination-requested"))
                .extracting(AuditRecord::subject)
                .containsExactly(theirs.value(), theirs.value()));
    assertThat(receiver.requests("/theirs")).isEmpty();

    ok("destinations", "disable", refusing.value());
    Ran disabled = run("dead-letters", "replay", task, "--to", refusing.value());
    assertThat(disabled.exitCode()).isEqualTo(1);
    assertThat(disabled.err()).contains("is disabled");
  }

  /** A dead letter that somebody has put there: the status role knows better what was requested. */
  @Test
  void aReplayThatIsRefusedEndsAtOnceWithTheReason() {
    receiver.always("/refusing", Answer.status(400));
    DestinationId refusing = webhook("/refusing");
    DeliveryId id = request(refusing, 5);
    await().atMost(SOON).until(() -> areAll(List.of(id), OverallState.FAILED));
    Task task =
        waybill.readAll(Topics.tasks(DestinationType.WEBHOOK)).stream()
            // Others who use this broker put records without a value there.
            .filter(record -> record.value() != null)
            .flatMap(record ->
                decodeGood(() -> waybill.codecs().tasks().decode(record.value())).stream())
            .filter(one -> one.deliveryId().equals(id))
            .findFirst()
            .orElseThrow();
    DeadLetter forged =
        DeadLetters.ofTask(
            new RecordOrigin(Topics.tasks(DestinationType.WEBHOOK), 0, 1),
            task.withPayload(new TaskPayload.Inline(RawJson.of("{\"n\":2}"))),
            Reason.HTTP_PERMANENT,
            "forged",
            Instant.now());
    waybill.publish(
        Topics.DEAD_LETTERS,
        DeadLetters.keyOf(forged),
        waybill.codecs().deadLetters().encode(Topics.DEAD_LETTERS, forged));

    Ran refused = run("dead-letters", "replay", task.taskId().value(), "--timeout", "10m");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.out())
        .contains("refused, nothing was sent: the dead letter holds another payload");
    assertThat(receiver.requests("/refusing")).hasSize(1);
  }

  private List<AuditRecord> audits() {
    return waybill.readAll(Topics.AUDIT).stream()
        .flatMap(
            record -> decodeGood(() -> waybill.codecs().audits().decode(record.value())).stream())
        .filter(audit -> audit.organizationId().equals(hospital))
        .toList();
  }
}
