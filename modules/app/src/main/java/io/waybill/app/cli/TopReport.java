package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * One look at an installation: what {@code waybill top} shows.
 *
 * @param organization whose tasks and destinations are shown, when not everybody's
 * @param over how long the rates were counted
 * @param requests what came of requests
 * @param behind records of the road's other topics that their groups have not dealt with, by topic;
 *     empty when it was not told
 * @param types by type, in order
 * @param destinations those that are shown, in order
 * @param hidden how many more there are
 * @param unread events that had not been read at the end, so that the rates are too low
 * @param problem what could not be found out, in words
 */
record TopReport(
    Instant at,
    Optional<OrganizationId> organization,
    Duration over,
    TopRates.Requests requests,
    Map<String, OptionalLong> behind,
    Map<DestinationType, OfType> types,
    List<HealthView> destinations,
    int hidden,
    long unread,
    Optional<String> problem) {

  TopReport {
    behind = Map.copyOf(behind);
    types = Map.copyOf(types);
    destinations = List.copyOf(destinations);
  }

  /**
   * The tasks of one type. What Kafka does not tell by organization is empty when one is chosen.
   *
   * @param lag accepted, and not yet taken off the tasks topic: waiting in senders or before them
   * @param express the same of express tasks
   * @param retry on their way to the timer
   * @param backlog all that have not ended, as destinations' health counts them every few seconds
   */
  record OfType(
      OptionalLong lag,
      OptionalLong express,
      OptionalLong retry,
      long backlog,
      TopRates.Tasks rates) {

    /** Tasks that wait for their due time: those that have not ended and no sender holds. */
    OptionalLong parked() {
      return lag.isPresent() && express.isPresent()
          ? OptionalLong.of(Math.max(0, backlog - lag.getAsLong() - express.getAsLong()))
          : OptionalLong.empty();
    }
  }

  /** For people; destinations with headings of their own. */
  List<String> lines() {
    StringWriter text = new StringWriter();
    try (PrintWriter out = new PrintWriter(text)) {
      out.println(head());
      behindLine().ifPresent(out::println);
      problem.ifPresent(words -> out.println("! " + TextTable.plain(words)));
      if (unread > 0) {
        out.println("! rates are too low: " + unread + " events have not been read yet");
      }
      out.println();
      typeTable().print(out);
      out.println();
      destinationTable().print(out);
      if (hidden > 0) {
        out.println("and " + hidden + " more: --rows shows more, --sort others first");
      }
    }
    return text.toString().lines().toList();
  }

  private String head() {
    return "waybill top  "
        + at.truncatedTo(ChronoUnit.SECONDS)
        + organization.map(one -> "  organization " + one).orElse("")
        + "  requests/s: accepted "
        + rate(requests.accepted())
        + ", rejected "
        + rate(requests.rejected())
        + ", duplicate "
        + rate(requests.duplicates());
  }

  private Optional<String> behindLine() {
    if (behind.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder line = new StringBuilder("not yet read");
    new TreeMap<>(behind)
        .forEach((topic, lag) ->
            line.append("  ").append(topic).append(' ').append(lag.isPresent() ? shown(lag) : "?"));
    return Optional.of(line.toString());
  }

  private TextTable typeTable() {
    TextTable table =
        new TextTable(
            "TYPE",
            "LAG",
            "EXPRESS",
            "RETRY",
            "PARKED",
            "BACKLOG",
            "DELIVERED/S",
            "FAILED/S",
            "DEAD/S");
    new TreeMap<>(types)
        .forEach((type, one) ->
            table.row(
                type.word(),
                shown(one.lag()),
                shown(one.express()),
                shown(one.retry()),
                shown(one.parked()),
                Long.toString(one.backlog()),
                rate(one.rates().deliveries()),
                rate(one.rates().failures()),
                rate(one.rates().deadLetters())));
    return table;
  }

  private TextTable destinationTable() {
    TextTable table = new TextTable(HealthView.HEADINGS);
    destinations.forEach(view -> table.row(view.cells()));
    return table;
  }

  /** For programs. */
  ObjectNode json() {
    ObjectNode json = Json.object().put("at", at.toString());
    organization.ifPresent(one -> json.put("organizationId", one.value()));
    json.put("overMillis", over.toMillis());
    json.putObject("requests")
        .put("acceptedPerSecond", requests.accepted())
        .put("rejectedPerSecond", requests.rejected())
        .put("duplicatesPerSecond", requests.duplicates());
    ObjectNode lags = json.putObject("behind");
    new TreeMap<>(behind).forEach((topic, lag) -> put(lags, topic, lag));
    ObjectNode byType = json.putObject("types");
    new TreeMap<>(types)
        .forEach((type, one) -> {
          ObjectNode node = byType.putObject(type.word());
          put(node, "lag", one.lag());
          put(node, "express", one.express());
          put(node, "retry", one.retry());
          put(node, "parked", one.parked());
          node.put("backlog", one.backlog())
              .put("deliveriesPerSecond", one.rates().deliveries())
              .put("failuresPerSecond", one.rates().failures())
              .put("deadLettersPerSecond", one.rates().deadLetters());
        });
    ArrayNode list = json.putArray("destinations");
    destinations.forEach(view -> list.add(view.json()));
    json.put("hiddenDestinations", hidden).put("unreadEvents", unread);
    problem.ifPresent(words -> json.put("problem", words));
    return json;
  }

  private static void put(ObjectNode node, String name, OptionalLong value) {
    if (value.isPresent()) {
      node.put(name, value.getAsLong());
    } else {
      node.putNull(name);
    }
  }

  private static String shown(OptionalLong value) {
    return value.isPresent() ? Long.toString(value.getAsLong()) : "";
  }

  private static String rate(double perSecond) {
    return String.format(Locale.ROOT, "%.1f", perSecond);
  }
}
