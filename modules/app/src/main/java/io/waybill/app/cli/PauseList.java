package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.waybill.domain.Control;
import io.waybill.domain.Destination;
import io.waybill.domain.OrganizationId;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code waybill pause list}. */
@Command(
    name = "list",
    description = "List what is paused, the longest first; a type is no organization's.")
final class PauseList extends KafkaCommand {
  @Mixin private final OrganizationFilter organization = new OrganizationFilter();

  @Mixin private final OutputOption output = new OutputOption();

  PauseList(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    try (Connection connection = connect()) {
      List<Control.Paused> all = new Pauses(connection, this::warn).all();
      print(
          organization
              .organization()
              .map(asking ->
                  own(
                      all,
                      asking,
                      new Destinations(connection, environment(), this::warn).evenDeleted()))
              .orElse(all));
    }
    return ExitCodes.OK;
  }

  /**
   * Those of one organization.
   *
   * @param evenDeleted a pause may stand for a destination that is no more
   */
  static List<Control.Paused> own(
      List<Control.Paused> all, OrganizationId organization, List<Destination> evenDeleted) {
    return all.stream()
        .filter(one ->
            switch (one) {
              case Control.DestinationPaused destination ->
                  PauseDestination.ownerOf(destination.destinationId(), evenDeleted)
                      .filter(organization::equals)
                      .isPresent();
              case Control.OrganizationPaused whole -> whole.organizationId().equals(organization);
              case Control.TypePaused _ -> false;
            })
        .toList();
  }

  private void print(List<Control.Paused> shown) {
    List<PauseView> views = shown.stream().map(PauseView::of).toList();
    switch (output.get()) {
      case ID -> views.forEach(view -> out().println(view.id()));
      case JSON -> {
        ArrayNode array = Json.array();
        views.forEach(view -> array.add(view.json()));
        Json.print(array, out());
      }
      case TABLE -> {
        TextTable table = new TextTable(PauseView.HEADINGS);
        views.forEach(view -> table.row(view.cells()));
        table.print(out());
      }
    }
    out().flush();
  }
}
