package io.waybill.fanout;

import static io.waybill.fanout.Samples.CLINIC;
import static io.waybill.fanout.Samples.HOSPITAL;
import static io.waybill.fanout.Samples.destination;
import static io.waybill.fanout.Samples.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryEvent.Accepted;
import io.waybill.domain.DeliveryEvent.Duplicate;
import io.waybill.domain.DeliveryEvent.RefusedDestination;
import io.waybill.domain.DeliveryEvent.Rejected;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.FieldError;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FanOutTopologyTest {
  private static final Duration GRACE = FanOutConfig.DEFAULT_GRACE;
  private static final Duration TICK = FanOutConfig.DEFAULT_HELD_INTERVAL;

  private final FanOutDriver fanOut = new FanOutDriver();

  @AfterEach
  void close() {
    fanOut.close();
  }

  @Test
  void makesOneTaskPerDestination() {
    fanOut.define(destination("siem").version(7));
    fanOut.define(destination("archive"));
    DeliveryId id = DeliveryId.random();

    fanOut.publish(request("siem", "archive").id(id).build());

    List<Task> tasks = fanOut.tasks();
    assertThat(tasks)
        .extracting(task -> task.destinationId().value())
        .containsExactly("siem", "archive");
    Task first = tasks.getFirst();
    assertThat(first.taskId()).isEqualTo(TaskId.of(HOSPITAL, id, new DestinationId("siem")));
    assertThat(first.destinationVersion()).isEqualTo(7);
    assertThat(first.payload()).isEqualTo(new TaskPayload.Inline(RawJson.of("{\"n\":1.10}")));
    assertThat(first.metadata()).isEqualTo(RawJson.of("{\"retentionDays\":-1}"));
    assertThat(first.firstDueAt()).isEqualTo(fanOut.now());
    assertThat(first.createdAt()).isEqualTo(fanOut.now());
    assertThat(first.attempts()).isZero();
    assertThat(fanOut.events())
        .singleElement()
        .isInstanceOfSatisfying(
            Accepted.class,
            accepted -> {
              assertThat(accepted.deliveryId()).isEqualTo(id);
              assertThat(accepted.tasks())
                  .extracting(task -> task.taskId())
                  .containsExactlyElementsOf(tasks.stream().map(Task::taskId).toList());
              assertThat(accepted.refused()).isEmpty();
              assertThat(accepted.payload().origin())
                  .isEqualTo(new RecordOrigin(Topics.REQUESTS, 0, 0));
              assertThat(accepted.payload().sha256()).isEqualTo(first.payload().sha256());
              assertThat(accepted.metadataSha256())
                  .isEqualTo(RawJson.of("{\"retentionDays\":-1}").sha256());
              assertThat(accepted.summary().tags()).containsExactly("a", "b");
            });
    assertThat(fanOut.deadLetters()).isEmpty();
  }

  @Test
  void keysTasksByDestinationAndEventsByDelivery() {
    fanOut.define(destination("siem"));
    DeliveryId id = DeliveryId.random();

    fanOut.publish(request("siem").id(id).build());

    assertThat(fanOut.raw("waybill.tasks.webhook"))
        .singleElement()
        .satisfies(r -> keyIs(r, "siem"));
    assertThat(fanOut.raw(Topics.EVENTS)).singleElement().satisfies(r -> keyIs(r, id.toString()));
  }

  @Test
  void derivesTheDeliveryIdFromTheRecordsPlace() {
    fanOut.define(destination("siem"));

    fanOut.publish(request("siem").build());
    fanOut.publish(request("siem").build());

    assertThat(fanOut.events())
        .extracting(event -> event.deliveryId())
        .containsExactly(derived(0), derived(1));
  }

  @Test
  void sendsUrgentTasksByExpress() {
    fanOut.define(destination("siem"));

    fanOut.publish(request("siem").priority(8).build());
    fanOut.publish(request("siem").priority(7).build());

    assertThat(fanOut.expressTasks()).extracting(Task::priority).containsExactly(8);
    assertThat(fanOut.tasks()).extracting(Task::priority).containsExactly(7);
  }

  @Test
  void parksWhatIsToBeDeliveredLater() {
    fanOut.define(destination("siem"));
    Instant later = fanOut.now().plus(Duration.ofHours(3));

    fanOut.publish(request("siem").priority(10).deliverAt(later).build());

    assertThat(fanOut.parkedTasks())
        .singleElement()
        .satisfies(parked -> {
          assertThat(parked.dueAt()).isEqualTo(later);
          assertThat(parked.reason()).isEqualTo(Reason.DELIVER_AT);
          assertThat(parked.task().firstDueAt()).isEqualTo(later);
        });
    assertThat(fanOut.expressTasks()).isEmpty();
    assertThat(fanOut.events()).singleElement().isInstanceOf(Accepted.class);
  }

  @Test
  void doesNotParkWhatIsDueAlready() {
    fanOut.define(destination("siem"));

    fanOut.publish(request("siem").deliverAt(fanOut.now().minusSeconds(60)).build());

    assertThat(fanOut.tasks()).singleElement().extracting(Task::firstDueAt).isEqualTo(fanOut.now());
    assertThat(fanOut.parkedTasks()).isEmpty();
  }

  @Test
  void refersToALargePayload() {
    fanOut.define(destination("siem"));
    String fits = "\"" + "x".repeat(64 * 1024 - 2) + "\"";
    String tooLarge = "\"" + "x".repeat(64 * 1024 - 1) + "\"";

    fanOut.publish(request("siem").data(fits).build());
    fanOut.publish(request("siem").data(tooLarge).build());

    assertThat(fanOut.tasks())
        .extracting(Task::payload)
        .containsExactly(
            new TaskPayload.Inline(RawJson.of(fits)),
            new TaskPayload.Reference(
                new RecordOrigin(Topics.REQUESTS, 0, 1),
                RawJson.of(tooLarge).sha256(),
                64 * 1024 + 1));
  }

  @Test
  void leavesMetadataInTheRequestWithALargePayload() {
    fanOut.define(destination("siem"));
    RawJson metadata = RawJson.of("{\"patient\":\"p-1\"}");

    fanOut.publish(
        request("siem")
            .data("\"" + "x".repeat(64 * 1024) + "\"")
            .metadata(metadata.text())
            .build());

    assertThat(fanOut.tasks())
        .singleElement()
        .extracting(Task::metadata)
        .isEqualTo(RawJson.EMPTY_OBJECT);
    assertThat(fanOut.events())
        .singleElement()
        .isInstanceOfSatisfying(
            Accepted.class,
            accepted -> assertThat(accepted.metadataSha256()).isEqualTo(metadata.sha256()));
  }

  @Test
  void takesADestinationThatArrivesLate() {
    fanOut.publish(request("siem").build());
    fanOut.advance(GRACE.minus(TICK.multipliedBy(2)));
    assertThat(fanOut.events()).isEmpty();

    fanOut.define(destination("siem"));
    fanOut.advance(TICK);

    assertThat(fanOut.tasks()).hasSize(1);
    assertThat(fanOut.events()).singleElement().isInstanceOf(Accepted.class);
    assertThat(fanOut.deadLetters()).isEmpty();
  }

  @Test
  void rejectsWhenTheGraceIsOver() {
    byte[] value = fanOut.codecs.requests().encode(Topics.REQUESTS, request("siem").build());
    fanOut.publish(value);
    fanOut.advance(GRACE.minus(TICK));
    assertThat(fanOut.events()).isEmpty();

    fanOut.advance(TICK);

    assertThat(fanOut.events())
        .singleElement()
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(Reason.DESTINATION_NOT_FOUND);
              assertThat(rejected.errors())
                  .extracting(FieldError::field)
                  .containsExactly("destinations[0]");
            });
    assertThat(fanOut.deadLetters())
        .singleElement()
        .satisfies(
            letter -> assertThat(letter.originalValue().orElseThrow().bytes()).isEqualTo(value));
    assertThat(fanOut.audits()).isEmpty();
  }

  @Test
  void letsOtherRequestsPassWhileOneWaits() {
    fanOut.define(destination("siem"));
    fanOut.publish(request("unknown").build());

    fanOut.publish(request("siem").build());

    assertThat(fanOut.tasks()).hasSize(1);
  }

  @Test
  void createThenPublishAlwaysWorks() {
    for (int i = 0; i < 1_000; i++) {
      // The request is there first; its destination reaches this process later.
      fanOut.publish(request("dest-" + i).key("key-" + i).build());
      if (i >= 10) {
        fanOut.define(destination("dest-" + (i - 10)));
      }
      fanOut.advance(Duration.ofMillis(30));
    }
    for (int i = 990; i < 1_000; i++) {
      fanOut.define(destination("dest-" + i));
    }
    fanOut.advance(TICK);

    assertThat(fanOut.tasks()).hasSize(1_000);
    assertThat(fanOut.events()).hasSize(1_000).allMatch(event -> event instanceof Accepted);
  }

  @DisplayName("rows 8, 9: sends to the good and reports the bad")
  @Test
  void sendsToTheGoodAndReportsTheBad() {
    fanOut.define(destination("good"));
    fanOut.define(destination("off").disabled());
    fanOut.define(destination("gone").deleted());
    fanOut.define(destination("foreign").of(CLINIC));

    fanOut.publish(request("good", "off", "gone", "foreign", "unknown").build());
    fanOut.advance(GRACE);

    assertThat(fanOut.tasks())
        .extracting(task -> task.destinationId().value())
        .containsExactly("good");
    assertThat(fanOut.events())
        .singleElement()
        .isInstanceOfSatisfying(
            Accepted.class,
            accepted ->
                assertThat(accepted.refused())
                    .extracting(RefusedDestination::destinationId, RefusedDestination::reason)
                    .containsExactly(
                        tuple("off", Reason.DESTINATION_DISABLED),
                        tuple("gone", Reason.DESTINATION_NOT_FOUND),
                        tuple("foreign", Reason.DESTINATION_NOT_FOUND),
                        tuple("unknown", Reason.DESTINATION_NOT_FOUND)));
    assertThat(fanOut.deadLetters()).isEmpty();
  }

  @DisplayName("row 8: does not tell foreign from unknown but audits it")
  @Test
  void doesNotTellForeignFromUnknownButAuditsIt() {
    fanOut.define(destination("foreign").of(CLINIC));

    fanOut.publish(request("foreign").build());
    fanOut.publish(request("unknown").build());
    assertThat(fanOut.events()).as("both wait the same time").isEmpty();
    fanOut.advance(GRACE);

    List<List<FieldError>> errors =
        fanOut.events().stream().map(event -> ((Rejected) event).errors()).toList();
    assertThat(errors).hasSize(2);
    assertThat(errors.get(0).getFirst().message().replace("foreign", "unknown"))
        .isEqualTo(errors.get(1).getFirst().message());
    assertThat(errors.get(0).getFirst().code()).isEqualTo(errors.get(1).getFirst().code());
    assertThat(fanOut.audits())
        .singleElement()
        .satisfies(audit -> {
          assertThat(audit.action()).isEqualTo("foreign-destination-requested");
          assertThat(audit.organizationId()).isEqualTo(HOSPITAL);
          assertThat(audit.subject()).isEqualTo("foreign");
          assertThat(audit.toString()).doesNotContain(CLINIC.value());
        });
  }

  @DisplayName("row 8: rejects at once when everything is disabled")
  @Test
  void rejectsAtOnceWhenEverythingIsDisabled() {
    fanOut.define(destination("off").disabled());

    fanOut.publish(request("off").build());

    assertThat(fanOut.events())
        .singleElement()
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(Reason.DESTINATION_DISABLED));
  }

  @Test
  void namesTheCommonReasonOnlyIfThereIsOne() {
    fanOut.define(destination("off").disabled());

    fanOut.publish(request("off", "unknown").build());
    fanOut.advance(GRACE);

    assertThat(fanOut.events())
        .singleElement()
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(Reason.NO_DESTINATION);
              assertThat(rejected.errors())
                  .extracting(FieldError::field, FieldError::code)
                  .containsExactly(
                      tuple("destinations[0]", "destination-disabled"),
                      tuple("destinations[1]", "destination-not-found"));
            });
  }

  @Test
  void sendsToTheEnabledDefaultsOfTheOrganization() {
    fanOut.define(destination("b").asDefault());
    fanOut.define(destination("a").asDefault());
    fanOut.define(destination("off").asDefault().disabled());
    fanOut.define(destination("plain"));
    fanOut.define(destination("other").of(CLINIC).asDefault());

    fanOut.publish(request().build());

    assertThat(fanOut.tasks())
        .extracting(task -> task.destinationId().value())
        .containsExactly("a", "b");
  }

  @Test
  void waitsForADefaultDestination() {
    fanOut.define(destination("a").asDefault());
    fanOut.define(destination("a").version(2));
    fanOut.publish(request().build());
    fanOut.advance(TICK);
    assertThat(fanOut.events()).isEmpty();

    fanOut.define(destination("b").asDefault());
    fanOut.advance(TICK);

    assertThat(fanOut.tasks())
        .extracting(task -> task.destinationId().value())
        .containsExactly("b");
  }

  @Test
  void rejectsDefaultWhenThereIsNone() {
    fanOut.define(destination("gone").asDefault());
    fanOut.forget("gone");

    fanOut.publish(request().build());
    fanOut.advance(GRACE);

    assertThat(fanOut.events())
        .singleElement()
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(Reason.NO_DESTINATION);
              assertThat(rejected.errors())
                  .extracting(FieldError::field)
                  .containsExactly("destinations");
            });
    assertThat(fanOut.deadLetters()).hasSize(1);
  }

  @Test
  void poisonInDestinationsStopsNothingAndReplacesNothing() {
    fanOut.define(destination("siem").version(3));
    fanOut.define("siem", new byte[] {1, 2, 3});
    fanOut.define("siem", new byte[] {0, 0x7f, -1, -1, -1, 9});
    fanOut.define("", new byte[] {1});
    fanOut.define(
        "siem",
        fanOut.codecs.destinations().encode(Topics.DESTINATIONS, destination("other").build()));

    fanOut.publish(request("siem").build());

    assertThat(fanOut.tasks()).singleElement().extracting(Task::destinationVersion).isEqualTo(3L);
  }

  @DisplayName("row 10: stays within a claim of one organization")
  @Test
  void staysWithinAClaimOfOneOrganization() {
    fanOut.define(destination("siem"));
    fanOut.define(destination("lab").of(CLINIC));
    DeliveryId id = DeliveryId.random();

    fanOut.publish(request("siem").id(id).key("k").build());
    fanOut.publish(request("lab").of(CLINIC).id(id).key("k").build());

    assertThat(fanOut.events()).hasSize(2).allMatch(event -> event instanceof Accepted);
  }

  @DisplayName("row 10: reports a repeated key as duplicate of the first")
  @Test
  void reportsARepeatedKeyAsDuplicateOfTheFirst() {
    fanOut.define(destination("siem"));
    DeliveryId first = DeliveryId.random();
    DeliveryId second = DeliveryId.random();

    fanOut.publish(request("siem").id(first).key("k").build());
    fanOut.publish(request("siem").id(second).key("k").priority(9).build());

    assertThat(fanOut.tasks()).hasSize(1);
    assertThat(fanOut.expressTasks()).isEmpty();
    assertThat(fanOut.events().get(1))
        .isInstanceOfSatisfying(
            Duplicate.class,
            duplicate -> {
              assertThat(duplicate.deliveryId()).isEqualTo(second);
              assertThat(duplicate.duplicateOf()).isEqualTo(first);
            });
    assertThat(fanOut.deadLetters()).isEmpty();
  }

  @DisplayName("row 10: rejects a repeated key with other content")
  @Test
  void rejectsARepeatedKeyWithOtherContent() {
    fanOut.define(destination("siem"));

    fanOut.publish(request("siem").key("k").build());
    fanOut.publish(request("siem").key("k").data("{\"n\":2}").build());

    assertThat(fanOut.tasks()).hasSize(1);
    assertThat(fanOut.events().get(1))
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(Reason.IDEMPOTENCY_CONFLICT);
              assertThat(rejected.errors())
                  .extracting(FieldError::field)
                  .containsExactly("options.idempotencyKey");
            });
    assertThat(fanOut.deadLetters())
        .extracting(DeadLetter::reason)
        .containsExactly(Reason.IDEMPOTENCY_CONFLICT);
  }

  @Test
  void aRepeatedDeliveryIdCannotTouchTheFirstDelivery() {
    fanOut.define(destination("siem"));
    DeliveryId id = DeliveryId.random();

    fanOut.publish(request("siem").id(id).build());
    fanOut.publish(request("siem").id(id).build());
    fanOut.publish(request("siem").id(id).data("2").build());

    assertThat(fanOut.tasks()).hasSize(1);
    var events = fanOut.events();
    assertThat(events.get(1))
        .isInstanceOfSatisfying(
            Duplicate.class,
            duplicate -> {
              assertThat(duplicate.deliveryId()).isEqualTo(derived(1));
              assertThat(duplicate.duplicateOf()).isEqualTo(id);
            });
    assertThat(events.get(2))
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> {
              assertThat(rejected.deliveryId()).isEqualTo(derived(2));
              assertThat(rejected.reason()).isEqualTo(Reason.DELIVERY_ID_CONFLICT);
              assertThat(rejected.errors())
                  .extracting(FieldError::field)
                  .containsExactly("deliveryId");
            });
  }

  @Test
  void forgetsAKeyAfterADay() {
    fanOut.define(destination("siem"));

    fanOut.publish(request("siem").key("k").build());
    fanOut.advance(Duration.ofHours(24).minusMillis(1));
    fanOut.publish(request("siem").key("k").build());
    fanOut.advance(Duration.ofMillis(2));
    fanOut.publish(request("siem").key("k").build());

    assertThat(fanOut.events())
        .extracting(Object::getClass)
        .extracting(type -> (Object) type)
        .containsExactly(Accepted.class, Duplicate.class, Accepted.class);
  }

  @Test
  void aRejectedRequestUsesUpNeitherKeyNorId() {
    fanOut.define(destination("siem"));
    DeliveryId id = DeliveryId.random();

    fanOut.publish(request("unknown").id(id).key("k").build());
    fanOut.advance(GRACE);
    fanOut.publish(request("siem").id(id).key("k").build());

    assertThat(fanOut.events().get(1)).isInstanceOf(Accepted.class);
    assertThat(fanOut.tasks()).hasSize(1);
  }

  @Test
  void ofTwoThatWaitWithOneKeyOnlyOneIsSent() {
    fanOut.publish(request("siem").key("k").build());
    fanOut.publish(request("siem").key("k").build());

    fanOut.define(destination("siem"));
    fanOut.advance(TICK);

    assertThat(fanOut.tasks()).hasSize(1);
    assertThat(fanOut.events())
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("Accepted", "Duplicate");
  }

  @DisplayName("row 19: clamps the timestamps of publishers")
  @Test
  void clampsTheTimestampsOfPublishers() {
    fanOut.define(destination("siem"));
    byte[] value = fanOut.codecs.requests().encode(Topics.REQUESTS, request("siem").build());

    fanOut.publish(new TestRecord<>(null, value, Instant.EPOCH));
    fanOut.publish(new TestRecord<>(null, value, Instant.parse("3000-01-01T00:00:00Z")));

    assertThat(fanOut.tasks())
        .extracting(Task::createdAt)
        .containsExactly(fanOut.now().minus(TopicCatalog.REQUEST_RETENTION), fanOut.now());
    assertThat(fanOut.raw(Topics.EVENTS))
        .extracting(TestRecord::getRecordTime)
        .containsOnly(fanOut.now());
  }

  @Test
  void auditsNothingForTheOrganizationsOwnMistakes() {
    fanOut.define(destination("off").disabled());

    fanOut.publish(request("off", "unknown").build());
    fanOut.advance(GRACE);

    assertThat(fanOut.audits()).extracting(AuditRecord::action).isEmpty();
  }

  @Test
  void waitsForARegistryThatIsAwayAndGivesNothingUp() throws Exception {
    fanOut.define(destination("siem"));
    fanOut.registry.setAvailable(false);

    CompletableFuture<Void> published =
        CompletableFuture.runAsync(() ->
            fanOut.publish(
                "{\"organizationId\":\"hospital-001\",\"destinations\":[\"siem\"],"
                    + "\"payload\":{\"type\":\"t\",\"data\":1}}"));
    assertThatThrownBy(() -> published.get(400, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    fanOut.registry.setAvailable(true);
    published.get(20, TimeUnit.SECONDS);

    assertThat(fanOut.tasks()).hasSize(1);
    assertThat(fanOut.deadLetters()).isEmpty();
  }

  private static DeliveryId derived(long offset) {
    return DeliveryId.ofRecord(FanOutDriver.TOPIC_ID, 0, offset);
  }

  private static void keyIs(TestRecord<byte[], byte[]> record, String key) {
    assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(key);
  }
}
