package io.waybill.status;

import static io.waybill.status.DeliveryReducerTest.reduceAll;
import static io.waybill.status.Sample.START;
import static io.waybill.status.Sample.delivered;
import static io.waybill.status.Sample.parked;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.RefusedDestination;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of requests: accepted, rejected, duplicate. */
class IntakeReductionTest {
  private static final Sample SAMPLE = new Sample();

  @Test
  void remembersWhatAnAcceptanceSays() {
    DeliveryStatus status =
        reduceAll(
                List.of(
                    SAMPLE.accepted(
                        Optional.of(START.plusSeconds(3_600)),
                        List.of(
                            new RefusedDestination(
                                "gone", Reason.DESTINATION_NOT_FOUND, "no such destination")),
                        "a")))
            .orElseThrow();

    assertThat(status.payload()).contains(Sample.PAYLOAD);
    assertThat(status.metadataSha256()).isEqualTo(Sample.METADATA.sha256());
    assertThat(status.summary()).isEqualTo(SAMPLE.summary());
    DestinationStatus parked = status.destinations().getFirst();
    assertThat(parked.state()).isEqualTo(DestinationState.PARKED);
    assertThat(parked.reason()).contains(Reason.DELIVER_AT);
    assertThat(parked.nextAttemptAt()).contains(START.plusSeconds(3_600));
    DestinationStatus refused = status.destinations().get(1);
    assertThat(refused.destinationId()).isEqualTo("gone");
    assertThat(refused.state()).isEqualTo(DestinationState.FAILED);
    assertThat(refused.reason()).contains(Reason.DESTINATION_NOT_FOUND);
    assertThat(refused.message()).contains("no such destination");
    assertThat(refused.taskId()).isEmpty();
    assertThat(status.state()).isEqualTo(OverallState.PROCESSING);
  }

  @Test
  void aRefusalWithoutAnOrganizationDoesNotKeepTheIdFromItsOwner() {
    var nobodys =
        new DeliveryEvent.Rejected(
            SAMPLE.id,
            OrganizationId.UNKNOWN,
            START,
            SAMPLE.summary(),
            Reason.INVALID_FIELD,
            List.of());

    DeliveryStatus status =
        reduceAll(List.of(nobodys, SAMPLE.accepted("a"), SAMPLE.event("a", 0, 1, delivered())))
            .orElseThrow();

    assertThat(status.organizationId()).isEqualTo(Sample.ACME);
    assertThat(status.state()).isEqualTo(OverallState.COMPLETED);
    assertThat(DeliveryReducer.reduce(nobodys, Optional.of(status)))
        .isEqualTo(new Reduction.ForeignOrganization(Sample.ACME));
  }

  @Test
  void ofRefusedRequestsUnderOneIdTheNewestHolds() {
    var first = SAMPLE.rejected(Reason.INVALID_FIELD, START);
    var second = SAMPLE.rejected(Reason.NO_DESTINATION, START.plusSeconds(1));

    assertThat(reduceAll(List.of(first, second)).orElseThrow().reason())
        .contains(Reason.NO_DESTINATION);
    assertThat(reduceAll(List.of(second, first)).orElseThrow().reason())
        .contains(Reason.NO_DESTINATION);
  }

  @Test
  void aRejectedRequestCanBeAcceptedLaterUnderTheSameId() {
    DeliveryStatus status =
        reduceAll(List.of(SAMPLE.rejected(Reason.INVALID_FIELD, START), SAMPLE.accepted("a")))
            .orElseThrow();

    assertThat(status.state()).isEqualTo(OverallState.QUEUED);
    assertThat(status.reason()).isEmpty();
  }

  @Test
  void aRefusedRepetitionLeavesAnAcceptedDeliveryAlone() {
    Optional<DeliveryStatus> accepted = reduceAll(List.of(SAMPLE.accepted("a")));
    var later = START.plusSeconds(5);

    for (DeliveryEvent event :
        List.of(
            SAMPLE.rejected(Reason.DELIVERY_ID_CONFLICT, later),
            SAMPLE.duplicateOf(DeliveryId.random(), later),
            SAMPLE.duplicateOf(SAMPLE.id, later),
            SAMPLE.accepted("b"))) {
      assertThat(DeliveryReducer.reduce(event, accepted)).isInstanceOf(Reduction.Unchanged.class);
    }
  }

  @Test
  void aDuplicateNamesTheFirst() {
    DeliveryId first = DeliveryId.random();

    DeliveryStatus status = reduceAll(List.of(SAMPLE.duplicateOf(first, START))).orElseThrow();

    assertThat(status.state()).isEqualTo(OverallState.DUPLICATE);
    assertThat(status.duplicateOf()).contains(first);
  }

  @Test
  void aForeignOrganizationIsToldApart() {
    var forged = SAMPLE.event(Sample.EVIL, "a", 0, 1, delivered());

    assertThat(DeliveryReducer.reduce(forged, reduceAll(List.of(SAMPLE.accepted("a")))))
        .isEqualTo(new Reduction.ForeignOrganization(Sample.ACME));
  }

  @Test
  void aRefusalOfAnotherOrganizationIsNotTakenOver() {
    var evils =
        new DeliveryEvent.Rejected(
            SAMPLE.id, Sample.EVIL, START, SAMPLE.summary(), Reason.INVALID_FIELD, List.of());

    // Whoever learns the id of a rejected request would otherwise own its next attempt. That a
    // stranger's refusal does not stand under a rightful owner's id is fan-out's to see to.
    assertThat(DeliveryReducer.reduce(SAMPLE.accepted("a"), reduceAll(List.of(evils))))
        .isEqualTo(new Reduction.ForeignOrganization(Sample.EVIL));
  }
}
