package io.waybill.app.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Every metric of Waybill's own: public API, declared here and nowhere else. */
enum Metric {
  REQUESTS(
      "waybill.fan-out.requests",
      Kind.COUNTER,
      "what became of requests",
      "result",
      "reason",
      Metric.ORGANIZATION),
  TASKS_MADE("waybill.fan-out.tasks", Kind.COUNTER, "tasks made of accepted requests", "type"),
  ATTEMPTS(
      "waybill.sender.attempts",
      Kind.COUNTER,
      "attempts that were made, by how they ended",
      "type",
      "outcome",
      "reason",
      Metric.ORGANIZATION),
  ATTEMPT_DURATION(
      "waybill.sender.attempt.duration", Kind.TIMER, "how long attempts took", "type", "outcome"),
  TASKS_ENDED(
      "waybill.sender.tasks",
      Kind.COUNTER,
      "tasks that are over, once that is in Kafka",
      "type",
      "result",
      "reason",
      Metric.ORGANIZATION),
  RETRIES(
      "waybill.sender.retries",
      Kind.COUNTER,
      "failed attempts that another one will follow, once that is in Kafka",
      "type",
      "reason"),
  PARKED(
      "waybill.sender.parked",
      Kind.COUNTER,
      "tasks that were made to wait without an attempt, once that is in Kafka",
      "type",
      "reason"),
  TRANSACTIONS(
      "waybill.sender.transactions",
      Kind.TIMER,
      "transactions of outcomes, and how long they took",
      "type",
      "result"),
  IN_FLIGHT("waybill.sender.in-flight", Kind.GAUGE, "attempts under way", "type"),
  WAITING("waybill.sender.waiting", Kind.GAUGE, "tasks in memory that wait for their turn", "type"),
  BUFFERED(
      "waybill.sender.buffered", Kind.BYTES, "records, payloads and outcomes in memory", "type"),
  BREAKERS(
      "waybill.sender.breakers",
      Kind.GAUGE,
      "destinations that a sender knows, by the state of their breaker",
      "type",
      "state"),
  TIMER_PARKED("waybill.timer.parked", Kind.GAUGE, "tasks that wait for their due time", "type"),
  TIMER_LATENESS(
      "waybill.timer.lateness",
      Kind.TIMER,
      "from a task's due time to its way back to the tasks topic",
      "type"),
  STATUS_TRANSITIONS(
      "waybill.status.transitions", Kind.COUNTER, "deliveries that came into a state", "state"),
  DEAD_LETTERS("waybill.dead-letters", Kind.COUNTER, "dead letters written", "role", "reason"),
  LAG(
      "waybill.lag",
      Kind.GAUGE,
      "records that the topic's group has not dealt with",
      "topic",
      "type"),
  ROLE_HEALTHY("waybill.role.healthy", Kind.GAUGE, "1 while the role works, else 0", "role"),
  ROLE_READY("waybill.role.ready", Kind.GAUGE, "1 while the role takes work, else 0", "role");

  /** Only where the configuration asks for it. */
  static final String ORGANIZATION = "organization";

  /** Upper ends of the buckets of every timer, beside infinity. */
  private static final Duration[] BUCKETS =
      List.of(5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000).stream()
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  /** What is measured. */
  enum Kind {
    COUNTER,
    TIMER,
    GAUGE,
    /** A gauge of bytes. */
    BYTES
  }

  private final String id;
  private final Kind kind;
  private final String description;

  @SuppressWarnings("ImmutableEnumChecker") // a copy that nobody can change
  private final List<String> tags;

  Metric(String id, Kind kind, String description, String... tags) {
    this.id = id;
    this.kind = kind;
    this.description = description;
    this.tags = List.of(tags);
  }

  /** Its name, levels parted by dots; Prometheus shows {@code _} for {@code .} and {@code -}. */
  String id() {
    return id;
  }

  Kind kind() {
    return kind;
  }

  String description() {
    return description;
  }

  /** The keys of its tags. */
  List<String> tags() {
    return tags;
  }

  /**
   * A counter of this metric.
   *
   * @param values of the tags, in their order; that of the organization may be left out
   */
  Counter counter(MeterRegistry registry, List<String> values) {
    return Counter.builder(id).description(description).tags(tagged(values)).register(registry);
  }

  /** A timer of this metric, with values as of {@link #counter}. */
  Timer timer(MeterRegistry registry, List<String> values) {
    return Timer.builder(id)
        .description(description)
        .tags(tagged(values))
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  /** A gauge of this metric, with values as of {@link #counter}. */
  void gauge(MeterRegistry registry, List<String> values, Supplier<Number> value) {
    Gauge.Builder<Supplier<Number>> gauge =
        Gauge.builder(id, value).description(description).tags(tagged(values));
    (kind == Kind.BYTES ? gauge.baseUnit("bytes") : gauge).register(registry);
  }

  private List<Tag> tagged(List<String> values) {
    boolean isWhole = values.size() == tags.size();
    boolean isWithoutOrganization =
        values.size() == tags.size() - 1 && tags.getLast().equals(ORGANIZATION);
    if (!isWhole && !isWithoutOrganization) {
      throw new IllegalArgumentException(id + " has the tags " + tags + ", not " + values);
    }
    List<Tag> tagged = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      tagged.add(Tag.of(tags.get(i), values.get(i)));
    }
    return tagged;
  }
}
