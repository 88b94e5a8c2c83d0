package io.waybill.fanout;

import static io.waybill.fanout.Samples.CLINIC;
import static io.waybill.fanout.Samples.HOSPITAL;
import static io.waybill.fanout.Samples.destination;
import static io.waybill.fanout.Samples.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.Accepted;
import io.waybill.domain.DeliveryEvent.Duplicate;
import io.waybill.domain.DeliveryEvent.Rejected;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several topics of requests, each for the organizations that it may speak for. */
class RequestTopicsTest {
  private static final String OF_HOSPITAL = "waybill.requests.hospital";
  private static final String OF_BOTH = "waybill.requests.partner";
  private static final Duration GRACE = FanOutConfig.DEFAULT_GRACE;
  private static final RequestTopics TOPICS =
      new RequestTopics(
          List.of(
              RequestTopic.ofAnybody(Topics.REQUESTS, "id-of-requests"),
              new RequestTopic(OF_HOSPITAL, "id-of-hospital", Optional.of(Set.of(HOSPITAL))),
              new RequestTopic(OF_BOTH, "id-of-both", Optional.of(Set.of(HOSPITAL, CLINIC)))));

  private final FanOutDriver fanOut = new FanOutDriver(FanOutConfig.defaults(TOPICS, 1));

  @BeforeEach
  void define() {
    fanOut.define(destination("siem"));
    fanOut.define(destination("of-clinic").of(CLINIC));
  }

  @AfterEach
  void close() {
    fanOut.close();
  }

  @Test
  void readsEachTopicForWhomItMaySpeak() {
    publish(Topics.REQUESTS, request("of-clinic").of(CLINIC).build());
    publish(OF_HOSPITAL, request("siem").build());
    publish(OF_BOTH, request("of-clinic").of(CLINIC).build());

    assertThat(fanOut.events()).hasSize(3).allMatch(Accepted.class::isInstance);
    assertThat(fanOut.tasks())
        .extracting(Task::organizationId)
        .containsExactly(CLINIC, HOSPITAL, CLINIC);
    assertThat(fanOut.audits()).isEmpty();
  }

  @Test
  void aForeignOrganizationIsRejectedUnderTheNameOfTheTopicsOwner() {
    DeliveryId id = DeliveryId.random();
    byte[] value = publish(OF_HOSPITAL, request("of-clinic").of(CLINIC).id(id).build());

    Rejected rejected = onlyRejected();
    assertThat(rejected.organizationId()).isEqualTo(HOSPITAL);
    assertThat(rejected.deliveryId())
        .as("whose the claimed id is, is not known")
        .isEqualTo(DeliveryId.ofRecord("id-of-hospital", 0, 0));
    assertThat(rejected.reason()).isEqualTo(Reason.ORGANIZATION_NOT_ALLOWED);
    assertThat(rejected.errors())
        .singleElement()
        .satisfies(error -> {
          assertThat(error.field()).isEqualTo("organizationId");
          assertThat(error.code()).isEqualTo("organization-not-allowed");
          assertThat(error.message()).contains(OF_HOSPITAL).contains("requestTopics");
        });
    assertThat(fanOut.tasks()).isEmpty();
    assertDeadLetter(Optional.of(HOSPITAL), OF_HOSPITAL, value);
    assertAudited(HOSPITAL, Optional.of(id));
  }

  @Test
  void whereATopicSpeaksForSeveralItIsNobodys() {
    var stranger = new OrganizationId("stranger");
    DeliveryId id = DeliveryId.random();
    byte[] value = publish(OF_BOTH, request("siem").of(stranger).id(id).build());

    assertThat(onlyRejected().organizationId()).isEqualTo(OrganizationId.UNKNOWN);
    assertDeadLetter(Optional.empty(), OF_BOTH, value);
    assertThat(fanOut.audits())
        .singleElement()
        .satisfies(audit -> {
          assertThat(audit.organizationId()).isEqualTo(OrganizationId.UNKNOWN);
          assertThat(audit.subject()).isEqualTo("stranger");
        });
  }

  @Test
  void aWrongRequestIsNoWayAroundIt() {
    byte[] value =
        """
        {"organizationId": "clinic-002", "destinations": ["of-clinic"], "payload": {"type": ""}}
        """
            .getBytes(UTF_8);
    fanOut.publishTo(OF_HOSPITAL, value);

    Rejected rejected = onlyRejected();
    assertThat(rejected.organizationId()).isEqualTo(HOSPITAL);
    assertThat(rejected.reason()).isEqualTo(Reason.ORGANIZATION_NOT_ALLOWED);
    assertThat(rejected.errors())
        .as("not what else is wrong, for it is none of theirs")
        .extracting(FieldError::field)
        .containsExactly("organizationId");
    assertDeadLetter(Optional.of(HOSPITAL), OF_HOSPITAL, value);
    assertAudited(HOSPITAL, Optional.empty());
  }

  @Test
  void aRefusalTakesNoIdFromTheDeliveryWhoseItIs() {
    DeliveryId id = DeliveryId.random();
    DeliveryRequest request = request("of-clinic").of(CLINIC).id(id).build();
    publish(OF_HOSPITAL, request);
    fanOut.publishTo(OF_HOSPITAL, ("{\"deliveryId\": \"" + id + "\"}").getBytes(UTF_8));
    publish(OF_BOTH, request("siem").of(new OrganizationId("stranger")).id(id).build());
    publish(Topics.REQUESTS, request);

    List<DeliveryEvent> events = fanOut.events();
    assertThat(events).hasSize(4);
    assertThat(events.subList(0, 3))
        .allMatch(Rejected.class::isInstance)
        .extracting(DeliveryEvent::deliveryId)
        .containsExactly(
            DeliveryId.ofRecord("id-of-hospital", 0, 0),
            DeliveryId.ofRecord("id-of-hospital", 0, 1),
            DeliveryId.ofRecord("id-of-both", 0, 0));
    assertThat(events.getLast()).isInstanceOf(Accepted.class);
    assertThat(events.getLast().deliveryId()).isEqualTo(id);
    assertThat(events.getLast().organizationId()).isEqualTo(CLINIC);
    assertThat(fanOut.deadLetters())
        .extracting(letter -> letter.deliveryId().orElseThrow())
        .doesNotContain(id);
  }

  @Test
  void whatNamesNobodyIsTheOwners() {
    fanOut.publishTo(OF_HOSPITAL, "no request".getBytes(UTF_8));
    fanOut.publishTo(OF_HOSPITAL, null);
    fanOut.publishTo(OF_BOTH, "no request".getBytes(UTF_8));

    assertThat(fanOut.events())
        .extracting(DeliveryEvent::organizationId)
        .containsExactly(HOSPITAL, HOSPITAL, OrganizationId.UNKNOWN);
    assertThat(fanOut.audits()).isEmpty();
  }

  @Test
  void oneKeyOnTwoTopicsIsOneDelivery() {
    publish(OF_HOSPITAL, request("siem").key("k-1").build());
    publish(OF_BOTH, request("siem").key("k-1").build());

    List<DeliveryEvent> events = fanOut.events();
    assertThat(events).hasSize(2);
    assertThat(events.get(0)).isInstanceOf(Accepted.class);
    assertThat(events.get(1))
        .isInstanceOfSatisfying(
            Duplicate.class,
            duplicate -> assertThat(duplicate.duplicateOf()).isEqualTo(events.get(0).deliveryId()));
    assertThat(fanOut.tasks()).hasSize(1);
  }

  @Test
  void idsAndReferencesComeFromTheTopicOfTheRequest() {
    String large = "\"" + "x".repeat(FanOutConfig.DEFAULT_INLINE_BYTES) + "\"";
    publish(Topics.REQUESTS, request("siem").data(large).build());
    publish(OF_HOSPITAL, request("siem").data(large).build());

    assertThat(fanOut.events())
        .extracting(DeliveryEvent::deliveryId)
        .containsExactly(
            DeliveryId.ofRecord("id-of-requests", 0, 0),
            DeliveryId.ofRecord("id-of-hospital", 0, 0));
    assertThat(fanOut.tasks())
        .extracting(task -> ((TaskPayload.Reference) task.payload()).origin())
        .containsExactly(
            new RecordOrigin(Topics.REQUESTS, 0, 0), new RecordOrigin(OF_HOSPITAL, 0, 0));
  }

  @Test
  void requestsOfTwoTopicsWaitAtTheSamePlaceWithoutTakingEachOthers() {
    publish(Topics.REQUESTS, request("late").data("1").build());
    publish(OF_HOSPITAL, request("late").data("2").build());
    publish(OF_BOTH, request("late").data("3").build());
    assertThat(fanOut.events()).as("all wait, at partition 0 and offset 0").isEmpty();

    fanOut.define(destination("late"));
    fanOut.advance(Duration.ofMillis(100));

    assertThat(fanOut.events())
        .extracting(event -> ((Accepted) event).payload().origin().topic())
        .containsExactlyInAnyOrder(Topics.REQUESTS, OF_HOSPITAL, OF_BOTH);
    assertThat(fanOut.tasks())
        .extracting(task -> ((TaskPayload.Inline) task.payload()).data().sha256())
        .doesNotHaveDuplicates()
        .hasSize(3);
  }

  @Test
  void whoMayNoLongerSpeakIsRefusedAfterAHopToo() {
    var onlyClinic =
        new RequestTopics(
            List.of(new RequestTopic(OF_BOTH, "id-of-both", Optional.of(Set.of(CLINIC)))));
    try (FanOutDriver later = new FanOutDriver(FanOutConfig.defaults(onlyClinic, 1))) {
      byte[] value = later.codecs.requests().encode(OF_BOTH, request("siem").key("k-1").build());
      var headers = new RecordHeaders();
      headers.add(RekeyHeaders.ORIGIN_TOPIC, OF_BOTH.getBytes(UTF_8));
      headers.add(RekeyHeaders.ORIGIN_PARTITION, "0".getBytes(UTF_8));
      headers.add(RekeyHeaders.ORIGIN_OFFSET, "7".getBytes(UTF_8));
      headers.add(
          RekeyHeaders.CREATED_AT, Long.toString(later.now().toEpochMilli()).getBytes(UTF_8));
      headers.add(RekeyHeaders.CLAIM, "idempotency-key".getBytes(UTF_8));
      later.passOn(new TestRecord<>(null, value, headers, later.now()));

      assertThat(later.events())
          .singleElement()
          .isInstanceOfSatisfying(
              Rejected.class,
              rejected -> assertThat(rejected.reason()).isEqualTo(Reason.ORGANIZATION_NOT_ALLOWED));
      assertThat(later.tasks()).isEmpty();
    }
  }

  @Test
  void refusesTopicsThatCannotBe() {
    assertThatThrownBy(() -> new RequestTopics(List.of()))
        .hasMessageContaining("must be a request topic");
    RequestTopic own = RequestTopic.ofAnybody(Topics.FAN_OUT_REKEYED, "id");
    assertThatThrownBy(() -> new RequestTopics(List.of(own))).hasMessageContaining("fan-out's own");
    RequestTopic one = RequestTopic.ofAnybody(Topics.REQUESTS, "id");
    assertThatThrownBy(() -> new RequestTopics(List.of(one, one))).hasMessageContaining("twice");
  }

  private byte[] publish(String topic, DeliveryRequest request) {
    byte[] value = fanOut.codecs.requests().encode(topic, request);
    fanOut.publishTo(topic, value);
    return value;
  }

  private Rejected onlyRejected() {
    fanOut.advance(GRACE);
    List<DeliveryEvent> events = fanOut.events();
    assertThat(events).singleElement().isInstanceOf(Rejected.class);
    return (Rejected) events.getFirst();
  }

  private void assertDeadLetter(Optional<OrganizationId> of, String topic, byte[] value) {
    assertThat(fanOut.deadLetters())
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.organizationId()).isEqualTo(of);
          assertThat(letter.origin()).isEqualTo(new RecordOrigin(topic, 0, 0));
          assertThat(letter.reason()).isEqualTo(Reason.ORGANIZATION_NOT_ALLOWED);
          assertThat(letter.originalValue().orElseThrow().bytes()).isEqualTo(value);
          assertThat(letter.message()).doesNotContain(CLINIC.value());
        })
        .isInstanceOf(DeadLetter.class);
  }

  private void assertAudited(OrganizationId under, Optional<DeliveryId> claimed) {
    assertThat(fanOut.audits())
        .singleElement()
        .satisfies((AuditRecord audit) -> {
          assertThat(audit.organizationId()).isEqualTo(under);
          assertThat(audit.action()).isEqualTo("foreign-organization-claimed");
          assertThat(audit.subject()).isEqualTo(CLINIC.value());
          assertThat(audit.details())
              .containsEntry("topic", OF_HOSPITAL)
              .containsEntry("deliveryId", DeliveryId.ofRecord("id-of-hospital", 0, 0).toString());
          assertThat(Optional.ofNullable(audit.details().get("claimedDeliveryId")))
              .isEqualTo(claimed.map(DeliveryId::toString));
        });
  }
}
