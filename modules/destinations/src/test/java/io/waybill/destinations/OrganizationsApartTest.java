package io.waybill.destinations;

import static io.waybill.destinations.Samples.ANY_VERSION;
import static io.waybill.destinations.Samples.ID;
import static io.waybill.destinations.Samples.NOW;
import static io.waybill.destinations.Samples.ORG;
import static io.waybill.destinations.Samples.OTHER_ORG;
import static io.waybill.destinations.Samples.SECOND_ID;
import static io.waybill.destinations.Samples.command;
import static io.waybill.destinations.Samples.config;
import static io.waybill.destinations.Samples.create;
import static io.waybill.destinations.Samples.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationResult;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrganizationsApartTest extends TopologyTest {
  @Test
  void theSameCommandIdOfAnotherOrganizationIsAnotherCommand() {
    var mine = command(create("reports"));
    waybill.send(mine);
    waybill.skip();
    var theirs =
        new DestinationCommand(
            mine.commandId(), OTHER_ORG, SECOND_ID, "bob", NOW, create("reports"));

    assertThat(waybill.answer(theirs))
        .isEqualTo(new DestinationResult.Applied(mine.commandId(), OTHER_ORG, SECOND_ID, 1));
  }

  @Test
  void labelsAreUniqueWithinTheOrganizationUntilTheyAreFree() {
    waybill.send(command(create("reports")));
    waybill.skip();

    assertThat(codes(waybill.answer(command(ORG, SECOND_ID, create("reports")))))
        .containsExactly("not-unique");
    assertThat(waybill.answer(command(OTHER_ORG, SECOND_ID, create("reports"))))
        .isInstanceOf(DestinationResult.Applied.class);

    waybill.answer(command(update("renamed", config("X-Api-Key"), List.of())));
    assertThat(waybill.answer(command(ORG, newId(), create("reports"))))
        .isInstanceOf(DestinationResult.Applied.class);
  }

  @Test
  void anIdOfAnotherOrganizationIsRefusedAndASecurityEvent() {
    waybill.send(command(create("reports")));
    waybill.skip();

    var result = waybill.answer(command(OTHER_ORG, ID, create("mine")));

    assertThat(codes(result)).containsExactly("already-exists");
    assertThat(result.toString()).doesNotContain(ORG.value());
    assertThat(waybill.destinations()).isEmpty();
    var audits = waybill.audits();
    assertThat(audits)
        .allSatisfy(audit -> {
          assertThat(audit.key()).isEqualTo(OTHER_ORG.value());
          assertThat(audit.get().details().toString()).doesNotContain(ORG.value());
        })
        .extracting(audit -> audit.get().action())
        .containsExactly("destination-command-refused", "foreign-destination-requested");
  }

  @Test
  void anUpdateOfAnotherOrganizationsDestinationReadsAsNotFound() {
    waybill.send(command(create("reports")));
    waybill.skip();
    var delete = new DestinationCommand.Delete(ANY_VERSION);

    var foreign = waybill.answer(command(OTHER_ORG, ID, delete));
    var unknown = waybill.answer(command(OTHER_ORG, SECOND_ID, delete));

    assertThat(codes(foreign)).containsExactly("not-found");
    assertThat(errors(foreign)).isEqualTo(errors(unknown));
    assertThat(waybill.destinations()).isEmpty();
    assertThat(actions())
        .containsExactly(
            "destination-command-refused",
            "foreign-destination-requested",
            "destination-command-refused");
  }
}
