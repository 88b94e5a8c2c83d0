package io.waybill.destinations;

import static io.waybill.destinations.Samples.ANY_VERSION;
import static io.waybill.destinations.Samples.ID;
import static io.waybill.destinations.Samples.NOW;
import static io.waybill.destinations.Samples.ORG;
import static io.waybill.destinations.Samples.OTHER_ORG;
import static io.waybill.destinations.Samples.command;
import static io.waybill.destinations.Samples.create;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ForgettingTest extends TopologyTest {
  @Test
  void commandIdsAreForgottenAfterADay() {
    var create = command(create("reports"));
    waybill.send(create);

    waybill.advance(Duration.ofHours(24).minusMinutes(1));
    assertThat(waybill.remembers(ORG, create.commandId())).isTrue();
    waybill.advance(Duration.ofMinutes(1));
    assertThat(waybill.remembers(ORG, create.commandId())).isFalse();
    waybill.skip();

    // The command itself is idempotent beyond that.
    assertThat(waybill.answer(create))
        .isEqualTo(new DestinationResult.Applied(create.commandId(), ORG, ID, 1));
    assertThat(waybill.destinations()).isEmpty();
  }

  @Test
  void oneSweepForgetsNoMoreThanItsLimit() {
    for (int i = 0; i < 5; i++) {
      waybill.send(command(new DestinationCommand.Enable(ANY_VERSION)));
    }

    waybill.advance(Duration.ofHours(24));
    assertThat(waybill.entries(DestinationState.DECIDED, ORG)).isEqualTo(3);
    waybill.advance(Duration.ofMinutes(1));
    waybill.advance(Duration.ofMinutes(1));
    assertThat(waybill.entries(DestinationState.DECIDED, ORG)).isZero();
    assertThat(waybill.entries(DestinationState.DUE, ORG)).isZero();
  }

  @Test
  void aDeletedDestinationIsForgottenAfterThirtyDays() {
    waybill.send(command(create("reports")));
    waybill.send(command(new DestinationCommand.Delete(ANY_VERSION)));
    waybill.skip();

    waybill.advance(Duration.ofDays(30).minusMinutes(1));
    assertThat(waybill.destinations()).isEmpty();
    waybill.advance(Duration.ofMinutes(1));

    var tombstone = only(waybill.destinations());
    assertThat(tombstone.key()).isEqualTo(ID.value());
    assertThat(tombstone.value()).isEmpty();
    AuditRecord audit = only(waybill.audits()).get();
    assertThat(audit.action()).isEqualTo("destination-forgotten");
    assertThat(audit.actor()).isEqualTo("waybill.destinations");
    assertThat(waybill.entries(DestinationState.DESTINATIONS, ORG)).isZero();
    assertThat(waybill.entries(DestinationState.DUE, ORG)).isZero();
    assertThat(waybill.answer(command(create("reports"))))
        .isInstanceOf(DestinationResult.Applied.class);
  }

  @Test
  void forgettingDoesNotTakeAwayARecordThatAnotherOrganizationWon() {
    waybill.send(command(create("reports")));
    waybill.send(command(new DestinationCommand.Delete(ANY_VERSION)));
    Destination mine = waybill.destinations().getLast().get();
    Destination theirs =
        new Destination(
            ID,
            OTHER_ORG,
            mine.label(),
            mine.description(),
            mine.config(),
            mine.fallback(),
            false,
            true,
            false,
            1,
            NOW,
            NOW);
    waybill.publish(ID, waybill.codecs.destinations().encode("waybill.destinations", theirs));

    waybill.advance(Duration.ofDays(30).minusMinutes(1));
    waybill.advance(Duration.ofMinutes(1));

    assertThat(waybill.entries(DestinationState.DESTINATIONS, ORG)).isZero();
    assertThat(waybill.destinations()).isEmpty();
  }
}
