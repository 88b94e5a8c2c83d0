package io.waybill.app.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Outcome;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.fanout.FanOutMetrics;
import io.waybill.sender.SenderLoad;
import io.waybill.sender.SenderMetrics;
import io.waybill.sender.TaskEnd;
import io.waybill.status.StatusMetrics;
import io.waybill.timer.TimerMetrics;
import io.waybill.wire.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

/** Names and tags of metrics are public API: docs/metrics.md has each of them, and no other. */
class DocumentedMetricsTest {
  private static final OrganizationId ACME = new OrganizationId("acme");
  private static final Duration TOOK = Duration.ofMillis(3);
  private static final Pattern WORD = Pattern.compile("`([^`]+)`");

  private final List<String> page = page();

  private static List<String> page() {
    try {
      return Files.readAllLines(Path.of("..", "..", "docs", "metrics.md"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyMetricStandsInTheTableAsItIsDeclared() {
    List<String> rows = rows("| `waybill.");

    assertThat(rows).hasSize(Metric.values().length);
    for (Metric metric : Metric.values()) {
      String tags =
          metric.tags().stream().map(tag -> "`" + tag + "`").collect(Collectors.joining(", "));
      assertThat(rows)
          .anySatisfy(row ->
              assertThat(row)
                  .startsWith(
                      "| `%s` | %s | %s | "
                          .formatted(metric.id(), CounterTable.word(metric.kind()), tags)));
    }
  }

  @Test
  void everyMetricIsShownAsItIsDocumented() {
    try (Telemetry telemetry = exercised(10)) {
      Map<String, Set<String>> shown =
          telemetry.registry().getMeters().stream()
              .map(Meter::getId)
              .filter(id -> id.getName().startsWith("waybill."))
              .collect(
                  Collectors.toMap(
                      Meter.Id::getName,
                      id -> keys(id.getTags()),
                      (one, other) -> {
                        assertThat(one).as("tags of one metric").isEqualTo(other);
                        return one;
                      }));

      assertThat(shown)
          .isEqualTo(
              Arrays.stream(Metric.values())
                  .collect(Collectors.toMap(Metric::id, metric -> new TreeSet<>(metric.tags()))));
      String text = telemetry.scrape();
      for (Metric metric : Metric.values()) {
        assertThat(text).contains("\n" + prometheusName(metric) + "{");
      }
    }
  }

  @Test
  void thereIsNoTagOfAnOrganizationUnlessItIsAskedFor() {
    try (Telemetry telemetry = exercised(0)) {
      assertThat(telemetry.scrape())
          .contains("waybill_sender_attempts_total")
          .doesNotContain("organization=");
    }
  }

  @Test
  void everyValueOfAClosedTagIsDocumented() {
    for (String tag : List.of("result", "outcome", "state", "type")) {
      String documented = String.join("\n", rows("| `" + tag + "`"));
      try (Telemetry telemetry = exercised(0)) {
        Set<String> shown =
            telemetry.registry().getMeters().stream()
                .map(Meter::getId)
                .filter(id -> id.getName().startsWith("waybill.") && id.getTag(tag) != null)
                .map(id -> id.getTag(tag))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> words =
            WORD.matcher(documented)
                .results()
                .map(found -> found.group(1))
                .filter(word -> !word.startsWith("waybill.") && !word.equals(tag))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(shown).as(tag).isEqualTo(words);
      }
    }
  }

  private List<String> rows(String beginning) {
    return page.stream().filter(line -> line.startsWith(beginning)).toList();
  }

  private static Set<String> keys(List<Tag> tags) {
    return tags.stream().map(Tag::getKey).collect(Collectors.toCollection(TreeSet::new));
  }

  private static String prometheusName(Metric metric) {
    String name = metric.id().replace('.', '_').replace('-', '_');
    return switch (metric.kind()) {
      case COUNTER -> name + "_total";
      case TIMER -> name + "_seconds_count";
      case GAUGE -> name;
      case BYTES -> name + "_bytes";
    };
  }

  /** Everything has happened, in every way that it can. */
  private static Telemetry exercised(int organizations) {
    Telemetry telemetry =
        new Telemetry(
            new TelemetryConfig(organizations, false, Optional.empty(), LogFormat.TEXT), "test");
    for (DestinationType type : DestinationType.values()) {
      SenderMetrics sender = telemetry.sender("sender-" + type.word(), type);
      sender.attempted(ACME, new Outcome.Delivered("200", Optional.empty(), TOOK));
      sender.attempted(ACME, new Outcome.Transient(Reason.TIMEOUT, "late", Optional.empty(), TOOK));
      sender.attempted(ACME, new Outcome.Permanent(Reason.GONE, "gone", TOOK));
      for (TaskEnd.Kind kind : TaskEnd.Kind.values()) {
        sender.settled(
            new TaskEnd(
                ACME,
                kind,
                kind == TaskEnd.Kind.DELIVERED ? Optional.empty() : Optional.of(Reason.RETRY)));
      }
      for (SenderMetrics.TransactionEnd end : SenderMetrics.TransactionEnd.values()) {
        sender.transactionEnded(end, TOOK);
      }
      telemetry.watchSender(
          type, () -> new SenderLoad(1, 2, 3, new SenderLoad.LaneStates(1, 1, 1), List.of()));
    }
    FanOutMetrics fanOut = telemetry.fanOut("fan-out");
    fanOut.decided(accepted());
    fanOut.decided(
        new DeliveryEvent.Rejected(
            DeliveryId.random(), ACME, Instant.now(), summary(), Reason.MALFORMED, List.of()));
    fanOut.decided(
        new DeliveryEvent.Duplicate(
            DeliveryId.random(), ACME, Instant.now(), summary(), DeliveryId.random()));
    fanOut.deadLettered(Reason.MALFORMED);
    TimerMetrics timer = telemetry.timer("timer");
    timer.parked(DestinationType.WEBHOOK, 1);
    timer.released(DestinationType.WEBHOOK, TOOK);
    timer.deadLettered(Reason.MALFORMED);
    StatusMetrics status = telemetry.status("status");
    EnumSet.allOf(OverallState.class).forEach(status::became);
    status.deadLettered(Reason.DELIVERY_NOT_FOUND);
    telemetry.deadLetters("destinations").accept(Reason.MALFORMED);
    telemetry.watchRole("timer", () -> true, () -> false);
    // Asks nobody: what is looked at is that the lag is shown.
    telemetry.watchLag(
        Admin.create(Map.of("bootstrap.servers", "127.0.0.1:1")),
        List.of(Topics.REQUESTS),
        List.of(DestinationType.values()),
        Duration.ofHours(1));
    return telemetry;
  }

  private static DeliveryEvent.RequestSummary summary() {
    return new DeliveryEvent.RequestSummary(
        "report", Optional.empty(), List.of(), 5, Instant.now());
  }

  private static DeliveryEvent accepted() {
    DeliveryId id = DeliveryId.random();
    DestinationId hook = new DestinationId("hook");
    return new DeliveryEvent.Accepted(
        id,
        ACME,
        Instant.now(),
        summary(),
        new TaskPayload.Reference(
            new RecordOrigin("waybill.requests", 0, 0), RawJson.of("1").sha256(), 1),
        RawJson.EMPTY_OBJECT.sha256(),
        Optional.empty(),
        Optional.empty(),
        List.of(
            new DeliveryEvent.AcceptedTask(
                TaskId.of(ACME, id, hook), hook, DestinationType.WEBHOOK, 1)),
        List.of());
  }
}
