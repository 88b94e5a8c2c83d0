package io.waybill.app.cli;

import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.wire.StatusJson;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** How a status is shown, and what its states mean to a command. */
final class StatusView {
  private StatusView() {}

  /** Whether nothing more happens by itself. */
  static boolean hasEnded(DeliveryStatus status) {
    return hasEnded(status.state());
  }

  private static boolean hasEnded(OverallState state) {
    return switch (state) {
      case QUEUED, PROCESSING -> false;
      case COMPLETED, FAILED, PARTIAL, REJECTED, DUPLICATE, CANCELLED, EXPIRED -> true;
    };
  }

  /** Whether the publisher got what it asked for; a duplicate is a request that needs nothing. */
  static boolean isSuccess(DeliveryStatus status) {
    return switch (status.state()) {
      case COMPLETED, DUPLICATE -> true;
      case QUEUED, PROCESSING, FAILED, PARTIAL, REJECTED, CANCELLED, EXPIRED -> false;
    };
  }

  /** One line: {@code partial: 1 of 2 destinations delivered}. */
  static String summary(DeliveryStatus status) {
    String what =
        switch (status.state()) {
          case DUPLICATE ->
              "of " + status.duplicateOf().map(Object::toString).orElse("an earlier delivery");
          case REJECTED ->
              status.reason().map(Reason::code).orElse("no reason given")
                  + Messages.of(status.errors());
          case QUEUED, PROCESSING, COMPLETED, FAILED, PARTIAL, CANCELLED, EXPIRED ->
              delivered(status)
                  + " of "
                  + status.destinations().size()
                  + (status.destinations().size() == 1 ? " destination" : " destinations")
                  + " delivered";
        };
    return status.state().word() + ": " + what;
  }

  private static long delivered(DeliveryStatus status) {
    return status.destinations().stream()
        .filter(destination -> destination.state() == DestinationState.DELIVERED)
        .count();
  }

  /** Prints it; JSON is one line, so that a watched delivery gives one document a line. */
  static void print(DeliveryStatus status, Output output, PrintWriter out) {
    switch (output) {
      case ID -> out.println(status.deliveryId());
      case JSON -> out.println(new String(StatusJson.encode(status), StandardCharsets.UTF_8));
      case TABLE -> table(status, out);
    }
    out.flush();
  }

  private static void table(DeliveryStatus status, PrintWriter out) {
    line(out, "delivery", Optional.of(status.deliveryId().toString()));
    line(out, "organization", Optional.of(status.organizationId().value()));
    line(out, "state", Optional.of(status.state().word()));
    line(out, "type", Optional.of(status.summary().type()).filter(type -> !type.isEmpty()));
    line(out, "correlation", status.summary().correlationId());
    line(out, "created", Optional.of(status.summary().createdAt().toString()));
    line(out, "updated", Optional.of(status.updatedAt().toString()));
    line(out, "expires", status.expiresAt().map(Instant::toString));
    line(out, "duplicate of", status.duplicateOf().map(Object::toString));
    line(out, "reason", status.reason().map(Reason::code));
    if (!status.errors().isEmpty()) {
      out.println("errors:" + Messages.of(status.errors()));
    }
    if (status.destinations().isEmpty()) {
      return;
    }
    out.println();
    TextTable table =
        new TextTable("DESTINATION", "TYPE", "STATE", "GEN", "ATTEMPTS", "WHEN", "REASON", "WORDS");
    for (DestinationStatus one : status.destinations()) {
      table.row(
          one.destinationId(),
          one.type().map(DestinationType::word).orElse(""),
          one.state().word(),
          Integer.toString(one.generation()),
          Integer.toString(one.attempts()),
          when(one),
          one.reason().map(Reason::code).orElse(""),
          one.message().orElse(""));
    }
    table.print(out);
  }

  private static String when(DestinationStatus status) {
    return status
        .deliveredAt()
        .map(Instant::toString)
        .or(() -> status.nextAttemptAt().map(next -> "next " + next))
        .orElse("");
  }

  private static void line(PrintWriter out, String name, Optional<String> value) {
    value.ifPresent(text -> out.println(String.format("%-13s %s", name, TextTable.plain(text))));
  }
}
