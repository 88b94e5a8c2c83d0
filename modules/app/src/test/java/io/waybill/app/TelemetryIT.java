package io.waybill.app;

import static io.waybill.app.Installation.decode;
import static io.waybill.app.Installation.decodeGood;
import static io.waybill.app.Installation.keyIs;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.proto.trace.v1.Span;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.testkit.Answer;
import io.waybill.testkit.HttpSink;
import io.waybill.wire.Topics;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is shown of a run is what receivers and topics hold of it. */
class TelemetryIT {
  private static final Duration SHOWN = Duration.ofSeconds(30);
  private static final String PRODUCERS_SPAN = "00f067aa0ba902b7";

  private final Installation waybill = Installation.shared();
  private final HttpSink receiver = HttpSink.start();
  private final OrganizationId hospital = Installation.newOrganization();
  private final Map<String, String> ours = Map.of("organization", hospital.value());

  @AfterEach
  void closeReceiver() {
    receiver.close();
  }

  @Test
  void metricsAreWhatReceiversAndTopicsHoldAfterAMixedRun() {
    receiver.script("/flaky", Answer.status(503), Answer.status(429), Answer.status(200));
    receiver.always("/bad", Answer.status(400));
    receiver.always("/down", Answer.status(500));
    DestinationId good = webhook("/good", 3);
    DestinationId flaky = webhook("/flaky", 5);
    DestinationId bad = webhook("/bad", 5);
    DestinationId down = webhook("/down", 1);
    Scrape before = scrape();
    long retriesBefore = count(Topics.EVENTS, this::isRetry);
    long lettersBefore = count(Topics.DEAD_LETTERS, _ -> true);

    List<DeliveryId> completed = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      completed.add(publish(good, "{\"i\":" + i + "}", ""));
    }
    completed.add(publish(flaky, "1", ""));
    completed.add(publish(good, "2", ",\"idempotencyKey\":\"once\""));
    // Published without a key, the two may stand in two partitions: which is first is seen to.
    awaitState(completed.getLast(), OverallState.COMPLETED);
    DeliveryId repeated = publish(good, "2", ",\"idempotencyKey\":\"once\"");
    DeliveryId refused = publish(bad, "3", "");
    DeliveryId exhausted = publish(down, "4", "");
    DeliveryId rejected = publish(good, "5", ",\"priority\":99");
    completed.forEach(id -> awaitState(id, OverallState.COMPLETED));
    awaitState(repeated, OverallState.DUPLICATE);
    awaitState(refused, OverallState.FAILED);
    awaitState(exhausted, OverallState.FAILED);
    awaitState(rejected, OverallState.REJECTED);

    await()
        .atMost(SHOWN)
        .untilAsserted(() -> {
          Scrape after = scrape();
          int requests =
              receiver.requests("/good").size()
                  + receiver.requests("/flaky").size()
                  + receiver.requests("/bad").size()
                  + receiver.requests("/down").size();
          assertThat(after.sum("waybill_sender_attempts_total", ours))
              .as("attempts and what receivers got")
              .isEqualTo(requests)
              .isEqualTo(
                  countTasks(TaskTransition.Delivered.class)
                      + countTasks(TaskTransition.AttemptFailed.class));
          assertThat(attempts(after, "delivered", "none"))
              .isEqualTo(countTasks(TaskTransition.Delivered.class))
              .isEqualTo(completed.size());
          assertThat(attempts(after, "transient", "http-transient")).isGreaterThanOrEqualTo(4);
          assertThat(attempts(after, "permanent", "http-permanent"))
              .isEqualTo(receiver.requests("/bad").size());
          assertThat(ended(after, "delivered"))
              .isEqualTo(countTasks(TaskTransition.Delivered.class));
          assertThat(ended(after, "dead-lettered"))
              .isEqualTo(countTasks(TaskTransition.DeadLettered.class))
              .isEqualTo(2);
          assertThat(requests(after, "accepted", "none"))
              .isEqualTo(countOurs(DeliveryEvent.Accepted.class))
              .isEqualTo(completed.size() + 2);
          assertThat(requests(after, "duplicate", "none")).isEqualTo(1);
          assertThat(requests(after, "rejected", "invalid-field"))
              .isEqualTo(countOurs(DeliveryEvent.Rejected.class))
              .isEqualTo(1);
          assertThat(grown(before, after, "waybill_sender_retries_total"))
              .isEqualTo(count(Topics.EVENTS, this::isRetry) - retriesBefore)
              .isGreaterThanOrEqualTo(3);
          assertThat(grown(before, after, "waybill_dead_letters_total"))
              .as("two tasks and the rejected request")
              .isEqualTo(count(Topics.DEAD_LETTERS, _ -> true) - lettersBefore)
              .isEqualTo(3);
          assertThat(grown(before, after, "waybill_timer_lateness_seconds_count"))
              .isGreaterThanOrEqualTo(3);
          assertThat(
                  after.sum("waybill_status_transitions_total", Map.of("state", "completed"))
                      - before.sum(
                          "waybill_status_transitions_total", Map.of("state", "completed")))
              .isEqualTo(completed.size());
          assertThat(grown(before, after, "waybill_sender_attempt_duration_seconds_count"))
              .isEqualTo(requests);
          assertThat(
                  after.sum(
                      "waybill_sender_transactions_seconds_count", Map.of("result", "committed")))
              .isGreaterThan(0);
          assertThat(after.sum("waybill_sender_in_flight", Map.of("type", "webhook"))).isZero();
          assertThat(after.sum("waybill_role_ready", Map.of())).isEqualTo(Role.values().length);
        });
    assertThat(scrape().has("kafka_consumer_")).as("Kafka's clients").isTrue();
    assertThat(scrape().has("kafka_producer_")).isTrue();
    assertThat(scrape().has("kafka_stream_")).isTrue();
    assertThat(scrape().has("jvm_memory_used_bytes")).isTrue();
  }

  @Test
  void showsWhatIsUnderWayByDestinationAndTheLagOfTheRoad() {
    receiver.always("/slow", Answer.status(200).after(Duration.ofSeconds(4)));
    DestinationId slow = webhook("/slow", 5);

    DeliveryId id = publish(slow, "0", "");

    await()
        .atMost(SHOWN)
        .untilAsserted(() ->
            assertThat(Scrape.get(URI.create(waybill.httpUrl() + "/lag")).body())
                .contains(
                    "{\"destinationId\":\""
                        + slow
                        + "\",\"type\":\"webhook\",\"breaker\":\"closed\",\"waiting\":0,"
                        + "\"inFlight\":1,\"parkedAtMost\":0}"));
    awaitState(id, OverallState.COMPLETED);
    await()
        .atMost(SHOWN)
        .untilAsserted(() -> {
          Scrape now = scrape();
          for (String topic :
              List.of(
                  Topics.REQUESTS,
                  Topics.EVENTS,
                  Topics.tasks(DestinationType.WEBHOOK),
                  Topics.retry(DestinationType.EMAIL))) {
            assertThat(now.sum("waybill_lag", Map.of("topic", topic)))
                .as("of %s: nothing but markers that nobody has read past", topic)
                .isBetween(0.0, 20.0);
          }
          assertThat(Scrape.get(URI.create(waybill.httpUrl() + "/lag")).body())
              .contains("\"webhook\":{\"tasks\":")
              .doesNotContain("null");
        });
  }

  @Test
  void oneDeliveryIsOneTreeFromItsPublisherOverRetriesAndAReplay() {
    receiver.script("/flaky", Answer.status(503), Answer.status(400), Answer.status(200));
    DestinationId flaky = webhook("/flaky", 5);
    DestinationId good = webhook("/good", 5);
    DeliveryId id = DeliveryId.random();
    String traceId = UUID.randomUUID().toString().replace("-", "");
    var request =
        new ProducerRecord<byte[], byte[]>(
            Topics.REQUESTS, null, request(id, "\"" + flaky + "\",\"" + good + "\"", "1", ""));
    request
        .headers()
        .add("traceparent", ("00-" + traceId + "-" + PRODUCERS_SPAN + "-01").getBytes(US_ASCII));
    waybill.send(request);
    awaitState(id, OverallState.PARTIAL);

    DeadLetter letter =
        decode(() ->
            waybill
                .codecs()
                .deadLetters()
                .decode(waybill.awaitRecord(Topics.DEAD_LETTERS, keyIs(id.toString())).value()));
    command(id, new DeliveryCommand.Replay(letter.task().orElseThrow()));
    awaitState(id, OverallState.COMPLETED);

    await()
        .atMost(SHOWN)
        .untilAsserted(() -> {
          List<Span> spans = OtlpSink.shared().spansOf(traceId);
          assertThat(named(spans, "fan-out")).hasSize(1);
          assertThat(named(spans, "attempt")).as("503, 400, replayed, and the other").hasSize(4);
          // Accepted, four attempts, and that it is a dead letter.
          assertThat(named(spans, "status")).hasSize(6);
        });
    List<Span> spans = OtlpSink.shared().spansOf(traceId);
    assertOneTree(spans);
    Span fanOut = named(spans, "fan-out").getFirst();
    assertThat(parent(fanOut)).isEqualTo(PRODUCERS_SPAN);
    assertThat(named(spans, "attempt")).extracting(TelemetryIT::parent).containsOnly(id(fanOut));
    assertThat(named(spans, "attempt"))
        .extracting(span -> attribute(span, "error.type"))
        .containsExactlyInAnyOrder("http-transient", "http-permanent", "", "");
    assertThat(spans)
        .extracting(span -> attribute(span, "waybill.delivery.id"))
        .containsOnly(id.toString());
    for (String topic :
        List.of(
            Topics.tasks(DestinationType.WEBHOOK),
            Topics.retry(DestinationType.WEBHOOK),
            Topics.EVENTS,
            Topics.DEAD_LETTERS)) {
      assertThat(tracesOf(topic, id)).as(topic).containsOnly(traceId);
    }
  }

  @Test
  void aTraceThatNoPublisherBeganHasTheDeliverysId() {
    DestinationId good = webhook("/good", 5);
    DeliveryId id = publish(good, "1", "");
    awaitState(id, OverallState.COMPLETED);

    String traceId = id.toString().replace("-", "");
    await()
        .atMost(SHOWN)
        .untilAsserted(() -> {
          List<Span> spans = OtlpSink.shared().spansOf(traceId);
          assertThat(spans)
              .extracting(Span::getName)
              .containsExactlyInAnyOrder("fan-out", "attempt", "status", "status");
          assertThat(spans.stream().filter(span -> parent(span).isEmpty())).hasSize(1);
        });
    assertOneTree(OtlpSink.shared().spansOf(traceId));
  }

  /** Every span hangs at another one of these, or at the producer's, or is the only root. */
  private static void assertOneTree(List<Span> spans) {
    Set<String> ids = spans.stream().map(TelemetryIT::id).collect(Collectors.toSet());
    assertThat(ids).as("each once").hasSize(spans.size());
    assertThat(spans.stream().filter(span -> !ids.contains(parent(span)))).hasSize(1);
  }

  private static List<Span> named(List<Span> spans, String name) {
    return spans.stream().filter(span -> span.getName().equals(name)).toList();
  }

  private static String id(Span span) {
    return OtlpSink.hex(span.getSpanId().toByteArray());
  }

  private static String parent(Span span) {
    return OtlpSink.hex(span.getParentSpanId().toByteArray());
  }

  private static String attribute(Span span, String key) {
    return span.getAttributesList().stream()
        .filter(attribute -> attribute.getKey().equals(key))
        .map(attribute -> attribute.getValue().getStringValue())
        .findFirst()
        .orElse("");
  }

  private List<String> tracesOf(String topic, DeliveryId id) {
    return waybill.readAll(topic).stream()
        .filter(record -> isOf(topic, record, id))
        .map(record ->
            record.headers().lastHeader("traceparent") == null
                ? "none"
                : new String(record.headers().lastHeader("traceparent").value(), US_ASCII)
                    .substring(3, 35))
        .toList();
  }

  private boolean isOf(String topic, ConsumerRecord<byte[], byte[]> record, DeliveryId id) {
    if (record.value() == null) {
      return false;
    }
    if (topic.equals(Topics.tasks(DestinationType.WEBHOOK))) {
      return decodeGood(() -> waybill.codecs().tasks().decode(record.value()))
          .filter(task -> task.deliveryId().equals(id))
          .isPresent();
    }
    if (topic.equals(Topics.retry(DestinationType.WEBHOOK))) {
      return decodeGood(() -> waybill.codecs().parkedTasks().decode(record.value()))
          .filter(parked -> parked.task().deliveryId().equals(id))
          .isPresent();
    }
    return keyIs(id.toString()).test(record);
  }

  private DestinationId webhook(String path, int maxRetries) {
    return waybill.createWebhook(hospital, receiver.uri(path), maxRetries, Map.of());
  }

  private DeliveryId publish(DestinationId destination, String data, String options) {
    DeliveryId id = DeliveryId.random();
    waybill.publish(Topics.REQUESTS, null, request(id, "\"" + destination + "\"", data, options));
    return id;
  }

  private byte[] request(DeliveryId id, String destinations, String data, String options) {
    return ("{\"deliveryId\":\""
            + id
            + "\",\"organizationId\":\""
            + hospital
            + "\",\"destinations\":["
            + destinations
            + "],\"payload\":{\"type\":\"report\",\"data\":"
            + data
            + "},\"options\":{\"tags\":[]"
            + options
            + "}}")
        .getBytes(UTF_8);
  }

  private void command(DeliveryId id, DeliveryCommand.Action action) {
    var command =
        new DeliveryCommand(UUID.randomUUID(), id, hospital, "test", Instant.now(), action);
    waybill.publish(
        Topics.COMMANDS,
        id.toString(),
        waybill.codecs().commands().encode(Topics.COMMANDS, command));
  }

  private void awaitState(DeliveryId id, OverallState state) {
    waybill.awaitStatus(id.toString(), status -> status.state() == state);
  }

  private Scrape scrape() {
    return Scrape.of(waybill.httpUrl());
  }

  private double attempts(Scrape scrape, String outcome, String reason) {
    return scrape.sum(
        "waybill_sender_attempts_total",
        Map.of("organization", hospital.value(), "outcome", outcome, "reason", reason));
  }

  private double ended(Scrape scrape, String result) {
    return scrape.sum(
        "waybill_sender_tasks_total",
        Map.of("organization", hospital.value(), "type", "webhook", "result", result));
  }

  private double requests(Scrape scrape, String result, String reason) {
    return scrape.sum(
        "waybill_fan_out_requests_total",
        Map.of("organization", hospital.value(), "result", result, "reason", reason));
  }

  private static double grown(Scrape before, Scrape after, String name) {
    return after.sum(name, Map.of()) - before.sum(name, Map.of());
  }

  private long count(String topic, Predicate<ConsumerRecord<byte[], byte[]>> of) {
    return waybill.readAll(topic).stream().filter(of).count();
  }

  private boolean isRetry(ConsumerRecord<byte[], byte[]> record) {
    return record.value() != null
        && decodeGood(() -> waybill.codecs().events().decode(record.value()))
            .filter(event ->
                event instanceof TaskEvent task
                    && task.transition() instanceof TaskTransition.AttemptFailed failed
                    && failed.nextAttemptAt().isPresent())
            .isPresent();
  }

  private double countOurs(Class<? extends DeliveryEvent> kind) {
    return ourEvents().stream().filter(kind::isInstance).count();
  }

  private double countTasks(Class<? extends TaskTransition> transition) {
    return ourEvents().stream()
        .filter(
            event -> event instanceof TaskEvent task && transition.isInstance(task.transition()))
        .count();
  }

  private List<DeliveryEvent> ourEvents() {
    return waybill.readAll(Topics.EVENTS).stream()
        .filter(record -> record.value() != null)
        .flatMap(
            record -> decodeGood(() -> waybill.codecs().events().decode(record.value())).stream())
        .filter(event -> event.organizationId().equals(hospital))
        .toList();
  }
}
