package io.waybill.app.cli;

import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Reason;
import io.waybill.wire.StatusJson;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a status is shown, and what its states mean to a command. */
final class StatusView {
  private StatusView() {}

  /** Whether nothing more happens by itself. */
  static boolean hasEnded(DeliveryStatus status) {
    return status.state().hasEnded();
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
              delivered(status);
        };
    return status.state().word() + ": " + what;
  }

  /** Counts what the request named; a fallback counts for the one that it stands in for. */
  private static String delivered(DeliveryStatus status) {
    List<DestinationStatus> requested =
        status.destinations().stream().filter(one -> !one.isFallback()).toList();
    long served = requested.stream().filter(DestinationStatus::isServed).count();
    long byOthers = requested.stream().filter(one -> one.deliveredBy().isPresent()).count();
    return served
        + " of "
        + requested.size()
        + (requested.size() == 1 ? " destination" : " destinations")
        + " delivered"
        + (byOthers == 0 ? "" : ", " + byOthers + " by a fallback");
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
    // Most deliveries have nothing to do with fallbacks, and a terminal is narrow.
    boolean fallbacks =
        status.destinations().stream()
            .anyMatch(one -> one.isFallback() || one.deliveredBy().isPresent());
    List<String> headings =
        new ArrayList<>(List.of("DESTINATION", "TYPE", "STATE", "GEN", "ATTEMPTS", "WHEN"));
    if (fallbacks) {
      headings.add("FALLBACK");
    }
    headings.addAll(List.of("REASON", "WORDS"));
    TextTable table = new TextTable(headings.toArray(String[]::new));
    for (DestinationStatus one : status.destinations()) {
      List<String> cells =
          new ArrayList<>(
              List.of(
                  one.destinationId(),
                  one.type().map(DestinationType::word).orElse(""),
                  one.state().word(),
                  Integer.toString(one.generation()),
                  Integer.toString(one.attempts()),
                  when(one)));
      if (fallbacks) {
        cells.add(fallback(one));
      }
      cells.add(one.reason().map(Reason::code).orElse(""));
      cells.add(one.message().orElse(""));
      table.row(cells.toArray(String[]::new));
    }
    table.print(out);
  }

  private static String fallback(DestinationStatus one) {
    return one.isFallback()
        ? "for "
            + one.fallbackOf().stream().map(DestinationId::value).collect(Collectors.joining(", "))
        : one.deliveredBy().map(by -> "delivered by " + by).orElse("");
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
