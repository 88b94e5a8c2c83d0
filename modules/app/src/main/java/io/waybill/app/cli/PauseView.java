package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.Control;
import java.time.Instant;
import java.util.Optional;

/** How a pause is shown. */
record PauseView(String scope, String id, Optional<Control.Paused> paused) {
  static final String[] HEADINGS = {"SCOPE", "ID", "SINCE", "BY", "REASON"};

  static PauseView of(Control.Paused paused) {
    return switch (paused) {
      case Control.DestinationPaused one ->
          new PauseView("destination", one.destinationId().value(), Optional.of(one));
      case Control.OrganizationPaused one ->
          new PauseView("organization", one.organizationId().value(), Optional.of(one));
      case Control.TypePaused one -> new PauseView("type", one.type().word(), Optional.of(one));
    };
  }

  String[] cells() {
    return new String[] {
      scope,
      id,
      paused.map(Control.Paused::since).map(Instant::toString).orElse(""),
      paused.flatMap(Control.Paused::by).orElse(""),
      paused.flatMap(Control.Paused::reason).orElse("")
    };
  }

  ObjectNode json() {
    ObjectNode json = Json.object().put("scope", scope).put("id", id);
    paused.ifPresent(one -> {
      json.put("since", one.since().toString());
      one.by().ifPresent(by -> json.put("by", by));
      one.reason().ifPresent(reason -> json.put("reason", reason));
    });
    return json;
  }
}
