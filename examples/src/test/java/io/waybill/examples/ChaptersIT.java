package io.waybill.examples;

import static io.waybill.client.RequestBuilder.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.client.Delivery;
import io.waybill.client.DestinationSpec;
import io.waybill.client.RequestSerializer;
import io.waybill.client.SavedDestination;
import io.waybill.client.Subscription;
import io.waybill.client.WaybillClient;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.FieldError;
import io.waybill.domain.OverallState;
import io.waybill.testkit.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The chapters that the tutorial's table of contents promises. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChaptersIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final LocalWaybill local = LocalWaybill.shared();
  private final WaybillClient waybill = local.client();

  @AfterAll
  void close() {
    waybill.close();
  }

  private SavedDestination webhook(String organization, String path) {
    return waybill.createDestination(
        DestinationSpec.webhook(organization, "Webhook " + UUID.randomUUID())
            .url(local.http().uri(path))
            .maxRetries(0));
  }

  @Test
  void securityAMovedWebhookKeepsItsToken() {
    String path = LocalWaybill.newPath();
    SavedDestination before =
        waybill.createDestination(
            DestinationSpec.webhook("hospital-001", "Moving " + path)
                .url(local.http().uri("/before"))
                .header("Authorization", "Bearer t-0123456789"));

    SavedDestination moved =
        SecurityConfiguration.moved(waybill, before, local.http().uri(path).toString());
    waybill.deliver(request("hospital-001", "report").to(moved).data(1)).await(SOON);

    assertThat(local.http().requests(path).get(0).header("Authorization"))
        .contains("Bearer t-0123456789");
  }

  @Test
  void monitoringTellsWhereADeliveryStands() {
    SavedDestination siem = webhook("hospital-001", LocalWaybill.newPath());
    Delivery delivery =
        waybill.deliver(request("hospital-001", "report").to(siem).data(Map.of("n", 1)));
    delivery.await(SOON);

    assertThat(Monitoring.stateOf(waybill, delivery.id())).isEqualTo("completed");
    assertThat(Monitoring.stateOf(waybill, DeliveryId.random())).isEqualTo("not decided yet");
  }

  @Test
  void monitoringHearsOfFailures() throws Exception {
    String path = LocalWaybill.newPath();
    local.http().always(path, Answer.status(400));
    SavedDestination siem = webhook("hospital-001", path);
    Instant lastSeen = Instant.now();
    Delivery early = waybill.deliver(request("hospital-001", "report").to(siem).data(1));
    early.await(SOON);
    BlockingQueue<DeliveryStatus> failures = new LinkedBlockingQueue<>();

    try (Subscription ignored = Monitoring.failures(waybill, lastSeen, failures)) {
      Delivery late = waybill.deliver(request("hospital-001", "report").to(siem).data(2));

      Awaitility.await()
          .atMost(SOON)
          .untilAsserted(() ->
              assertThat(failures)
                  .extracting(DeliveryStatus::deliveryId)
                  .contains(early.id(), late.id()));
    }
  }

  @Test
  void monitoringWithAConsumerGroupOfOnesOwn() {
    SavedDestination siem = webhook("hospital-001", LocalWaybill.newPath());
    Delivery delivery = waybill.deliver(request("hospital-001", "report").to(siem).data(1));
    delivery.await(SOON);
    Set<DeliveryId> seen = ConcurrentHashMap.newKeySet();

    Monitoring.consume(
        local.endpoint().bootstrapServers(),
        Duration.ofSeconds(6),
        status -> {
          if (status.state() == OverallState.COMPLETED) {
            seen.add(status.deliveryId());
          }
        });

    assertThat(seen).contains(delivery.id());
  }

  @Test
  void errorsAreNamedAllAtOnce() {
    assertThat(ErrorHandling.whatIsWrong(waybill))
        .extracting(FieldError::field)
        .containsExactlyInAnyOrder("config.webhook.url", "config.webhook.timeout");
  }

  @Test
  void errorsOfRequestsComeAsAnswers() {
    SavedDestination siem = webhook("hospital-001", LocalWaybill.newPath());

    assertThat(ErrorHandling.answerTo(waybill, siem.id())).isEqualTo("accepted");
    assertThat(ErrorHandling.answerTo(waybill, new DestinationId("nobody")))
        .startsWith("rejected: ")
        .contains("nobody");
  }

  @Test
  void errorsAreOverWhenTheReceiverIsMended() {
    String path = LocalWaybill.newPath();
    local.http().script(path, Answer.status(400), Answer.status(200));
    SavedDestination siem = webhook("hospital-001", path);
    Delivery delivery = waybill.deliver(request("hospital-001", "report").to(siem).data(1));

    assertThat(ErrorHandling.again(waybill, delivery.id()).state())
        .isEqualTo(OverallState.COMPLETED);
    assertThat(local.http().requests(path)).hasSize(2);
  }

  @Test
  void errorsWhatComesTooLateIsCancelled() {
    String path = LocalWaybill.newPath();
    SavedDestination siem = webhook("hospital-001", path);
    Delivery tomorrow =
        AdvancedPatterns.scheduled(waybill, siem.id(), Instant.now().plus(Duration.ofDays(1)));
    tomorrow.acceptance().join();

    DeliveryStatus status =
        ErrorHandling.cancelUnlessDelivered(waybill, tomorrow.id(), Duration.ofMillis(200));

    assertThat(status.state()).isEqualTo(OverallState.CANCELLED);
    assertThat(local.http().requests(path)).isEmpty();
  }

  @Test
  void patternsARequestOfAnAbortedTransactionIsNone() {
    String path = LocalWaybill.newPath();
    SavedDestination siem = webhook("hospital-001", path);
    String servers = local.endpoint().bootstrapServers();

    DeliveryId aborted = AdvancedPatterns.inOneTransaction(servers, siem.id(), true);
    DeliveryId committed = AdvancedPatterns.inOneTransaction(servers, siem.id(), false);

    assertThat(waybill.await(committed, SOON).state()).isEqualTo(OverallState.COMPLETED);
    assertThat(waybill.status(aborted)).isEmpty();
    assertThat(local.http().requests(path)).hasSize(1);
  }

  @Test
  void patternsARowOfAnOutboxIsARequestWhoeverPublishesIt() throws Exception {
    String path = LocalWaybill.newPath();
    SavedDestination siem = webhook("hospital-001", path);
    DeliveryRequest request = request("hospital-001", "order").to(siem).data(4711).build();
    AdvancedPatterns.OutboxRow row = AdvancedPatterns.outboxRow(request);

    try (KafkaProducer<String, String> poller =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", local.endpoint().bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      poller
          .send(new ProducerRecord<>(row.topic(), row.key(), row.json()))
          .get(30, TimeUnit.SECONDS);
    }

    assertThat(waybill.await(request.deliveryId().orElseThrow(), SOON).state())
        .isEqualTo(OverallState.COMPLETED);
    assertThat(local.http().requests(path).get(0).bodyText()).isEqualTo("4711");
    assertThat(RequestSerializer.record(request).key()).isEqualTo(row.key());
  }

  @Test
  void patternsWhatIsScheduledArrivesThen() {
    String path = LocalWaybill.newPath();
    SavedDestination siem = webhook("hospital-001", path);
    Instant at = Instant.now().plusSeconds(2);

    AdvancedPatterns.scheduled(waybill, siem.id(), at).await(SOON);

    assertThat(local.http().requests(path))
        .singleElement()
        .satisfies(received -> assertThat(received.at()).isAfterOrEqualTo(at));
  }
}
