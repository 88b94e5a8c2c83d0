package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.waybill.domain.Alert;
import io.waybill.wire.AlertJson;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How alerts are shown. */
final class AlertView {
  private AlertView() {}

  /** Prints all. */
  static void print(List<Alert> alerts, Output output, PrintWriter out) {
    switch (output) {
      case ID -> alerts.forEach(alert -> out.println(alert.alertId()));
      case JSON -> {
        ArrayNode array = Json.array();
        alerts.forEach(alert -> array.add(Json.read(AlertJson.encode(alert))));
        Json.print(array, out);
      }
      case TABLE -> {
        TextTable table = new TextTable("RAISED AT", "ORGANIZATION", "KIND", "SEVERITY", "MESSAGE");
        for (Alert alert : alerts) {
          table.row(
              alert.raisedAt().toString(),
              alert.organizationId().value(),
              alert.kind().word(),
              alert.severity().word(),
              alert.message());
        }
        table.print(out);
      }
    }
    out.flush();
  }

  /** Prints one as a line, for alerts that come one by one. */
  static void printLine(Alert alert, Output output, PrintWriter out) {
    switch (output) {
      case ID -> out.println(alert.alertId());
      case JSON -> out.println(new String(AlertJson.encode(alert), StandardCharsets.UTF_8));
      case TABLE ->
          out.println(
              TextTable.plain(
                  "%s  %s  %s  %s  %s"
                      .formatted(
                          alert.raisedAt(),
                          alert.organizationId(),
                          alert.kind().word(),
                          alert.severity().word(),
                          alert.message())));
    }
    out.flush();
  }
}
