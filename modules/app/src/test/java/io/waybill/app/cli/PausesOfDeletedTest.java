package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Control;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.PauseScope;
import io.waybill.wire.DestinationJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PausesOfDeletedTest {
  private static final DestinationId DELETED = new DestinationId("deleted");
  private static final DestinationId FORGOTTEN = new DestinationId("forgotten");
  private static final OrganizationId ACME = new OrganizationId("acme");
  private static final Instant T = Instant.parse("2026-01-31T08:00:00Z");

  private final List<Destination> known = List.of(deleted());

  private static Destination deleted() {
    DestinationJson.Valid wish =
        (DestinationJson.Valid)
            DestinationJson.parse(
                """
                {"organizationId": "acme", "label": "l", "type": "webhook",
                 "config": {"webhook": {"url": "https://h/x"}}}
                """
                    .getBytes(StandardCharsets.UTF_8));
    DestinationJson.Spec spec = wish.spec();
    return new Destination(
        DELETED,
        spec.organizationId(),
        spec.label(),
        spec.description(),
        spec.config(),
        spec.fallback(),
        false,
        false,
        true,
        2,
        T,
        T);
  }

  @Test
  void aPauseIsResumedByTheIdOfADestinationThatIsNoMore() {
    assertThat(PauseDestination.standing(DELETED, known))
        .isEqualTo(new PauseScope.OfDestination(DELETED, ACME));
    assertThat(PauseDestination.standing(FORGOTTEN, known))
        .isEqualTo(new PauseScope.OfDestination(FORGOTTEN, OrganizationId.UNKNOWN));
  }

  @Test
  void theListOfAnOrganizationHasThePausesOfItsDeletedDestinations() {
    Control.Paused own = new Control.DestinationPaused(DELETED, T);
    Control.Paused nobodys = new Control.DestinationPaused(FORGOTTEN, T);

    assertThat(PauseList.own(List.of(own, nobodys), ACME, known)).containsExactly(own);
    assertThat(PauseList.own(List.of(own), new OrganizationId("other"), known)).isEmpty();
  }
}
