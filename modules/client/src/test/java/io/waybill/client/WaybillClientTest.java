package io.waybill.client;

import static io.waybill.client.RequestBuilder.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.TraceParent;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.StatusJson;
import io.waybill.wire.Topics;
import io.waybill.wire.TraceHeaders;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What needs a hand in the timing; the rest of the client is tested with a whole Waybill. */
class WaybillClientTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final OrganizationId HOSPITAL = new OrganizationId("hospital-001");

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());

  private void topic(String name, long end) {
    Node node = new Node(0, "localhost", 9092);
    TopicPartition partition = new TopicPartition(name, 0);
    consumer.updatePartitions(
        name, List.of(new PartitionInfo(name, 0, node, new Node[] {node}, new Node[] {node})));
    consumer.updateBeginningOffsets(Map.of(partition, 0L));
    consumer.updateEndOffsets(Map.of(partition, end));
  }

  private void give(String topic, long offset, String key, byte[] value) {
    consumer.schedulePollTask(() ->
        consumer.addRecord(new ConsumerRecord<>(topic, 0, offset, key.getBytes(UTF_8), value)));
  }

  private static RequestBuilder report() {
    return request(HOSPITAL, "report").to(new DestinationId("siem")).data(1);
  }

  private WaybillClient client(WaybillClientBuilder builder) {
    return builder.build(producer, () -> consumer);
  }

  @Test
  void refusesToDeliverForAnotherOrganizationThanItsOwn() {
    try (WaybillClient waybill = client(WaybillClient.builder().organization("hospital-001"))) {
      waybill.deliver(report());

      assertThatThrownBy(() ->
              waybill.deliver(request("other", "report").to(new DestinationId("siem")).data(1)))
          .isInstanceOfSatisfying(
              RefusedException.class,
              e ->
                  assertThat(e.errors())
                      .extracting(FieldError::field)
                      .containsExactly("organizationId"));
      assertThatThrownBy(() -> waybill.follow(new OrganizationId("other"), status -> {}))
          .isInstanceOf(RefusedException.class);
      assertThatThrownBy(() -> waybill.status(DeliveryId.random()))
          .as("without a registry the try could not be told")
          .isInstanceOf(WaybillException.class)
          .hasMessageContaining("schema.registry.url");
    }
    assertThat(producer.history()).hasSize(1);
  }

  @Test
  void refusesWhatIsTooFarAhead() {
    try (WaybillClient waybill = client(WaybillClient.builder())) {
      waybill.deliver(report().deliverAt(Instant.now().plus(Duration.ofDays(5)).minusSeconds(60)));

      assertThatThrownBy(() ->
              waybill.deliver(
                  report().deliverAt(Instant.now().plus(Duration.ofDays(5)).plusSeconds(60))))
          .isInstanceOfSatisfying(
              RefusedException.class,
              e ->
                  assertThat(e.errors())
                      .extracting(FieldError::field)
                      .containsExactly("options.deliverAt"))
          .hasMessageContaining("5 days");
    }
    assertThat(producer.history()).hasSize(1);
  }

  @Test
  void theTraceOfTheRequestGoesWithItsRecord() {
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    try (WaybillClient waybill = client(WaybillClient.builder())) {
      waybill.deliver(report().traceParent(trace));
      waybill.deliver(report());
    }
    assertThat(TraceHeaders.read(producer.history().get(0).headers()))
        .contains(new TraceParent(trace));
    assertThat(producer.history().get(1).headers()).isEmpty();
  }

  @Test
  void refusesAnActorThatNoAuditRecordCanHold() {
    assertThatThrownBy(() -> WaybillClient.builder().actor("a\nb"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("actor");
  }

  /** The reader is held up, so that nobody who asks gets an answer in time. */
  @Test
  void whoGotNoSubscriptionIsNotCalled() throws Exception {
    topic(Topics.STATUS_JSON, 0);
    CountDownLatch away = new CountDownLatch(1);
    BlockingQueue<DeliveryStatus> late = new LinkedBlockingQueue<>();
    BlockingQueue<DeliveryStatus> heard = new LinkedBlockingQueue<>();
    WaybillClientBuilder builder = WaybillClient.builder().answerWithin(Duration.ofMillis(100));
    try (WaybillClient waybill =
        builder.build(
            producer,
            () -> {
              awaitUninterruptibly(away);
              return consumer;
            })) {
      assertThatThrownBy(() -> waybill.follow(HOSPITAL, late::add))
          .isInstanceOf(NoAnswerException.class);
      away.countDown();
      Subscription subscription =
          Awaitility.await()
              .atMost(SOON)
              .ignoreException(NoAnswerException.class)
              .until(() -> waybill.follow(HOSPITAL, heard::add), follows -> true);
      DeliveryStatus status = Samples.status(OverallState.COMPLETED);
      give(Topics.STATUS_JSON, 0, status.deliveryId().toString(), StatusJson.encode(status));

      assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo(status);
      // Told before: those who follow are told in the order in which they came.
      assertThat(late).isEmpty();
      subscription.close();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aRefusalEndsTheWaitAtOnce() throws Exception {
    DeliveryStatus status =
        Samples.status(
            OverallState.FAILED, Samples.destination("siem", DestinationState.FAILED, 0));

    assertThat(retried(status, "retry-refused", "nothing-to-retry"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("refused the command for delivery " + status.deliveryId())
        .hasMessageContaining("nothing of it has failed by now");
  }

  @Test
  void aRefusalOfWhatIsNotThereReadsAsNotThere() throws Exception {
    DeliveryStatus status =
        Samples.status(
            OverallState.FAILED, Samples.destination("siem", DestinationState.FAILED, 0));

    assertThat(retried(status, "foreign-delivery-requested", "unused"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageStartingWith("no such delivery: " + status.deliveryId());
  }

  /** What a retry throws that is answered by that audit record, after one that is not its own. */
  private Throwable retried(DeliveryStatus status, String action, String reason) throws Exception {
    topic(Topics.STATUS, 1);
    topic(Topics.AUDIT, 0);
    TopicFeed feed = new TopicFeed(() -> consumer);
    Publisher publisher =
        new Publisher(producer, Topics.REQUESTS, codecs.requests()::encodeJson, Optional.empty());
    Waiting waiting = new Waiting(feed);
    InstantSource clock = InstantSource.system();
    Duration within = Duration.ofMinutes(10);
    Asking asking =
        new Asking(
            Optional.empty(), Optional.of(codecs), publisher, waiting, clock, "tests", within);
    Deliveries deliveries =
        new Deliveries(
            publisher,
            new StatusWatch(feed, Topics.STATUS, codecs.statuses()::decode),
            waiting,
            asking,
            clock,
            within);
    DeliveryCommands commands =
        new DeliveryCommands(
            deliveries,
            publisher,
            waiting,
            command -> codecs.commands().encode(Topics.COMMANDS, command),
            new Refusals(feed, Optional.of(codecs)),
            asking,
            clock,
            "tests",
            within);
    String id = status.deliveryId().toString();
    byte[] value = codecs.statuses().encode(Topics.STATUS, status);
    // Read twice: how it stands, and what comes after.
    give(Topics.STATUS, 0, id, value);
    give(Topics.STATUS, 0, id, value);
    try {
      CompletableFuture<DeliveryStatus> retry =
          CompletableFuture.supplyAsync(() -> commands.retry(status.deliveryId(), Set.of()));
      Awaitility.await().atMost(SOON).until(() -> !producer.history().isEmpty());
      DeliveryCommand command = command();
      give(Topics.AUDIT, 0, "o", audit("retry-refused", reason, DeliveryId.random().toString()));
      give(Topics.AUDIT, 1, "o", audit(action, reason, command.commandId().toString()));
      return org.assertj.core.api.Assertions.catchThrowable(
              () -> retry.get(SOON.toSeconds(), TimeUnit.SECONDS))
          .getCause();
    } finally {
      feed.close();
    }
  }

  private DeliveryCommand command() throws UndecodableException {
    return codecs.commands().decode(producer.history().get(0).value());
  }

  private byte[] audit(String action, String reason, String commandId) {
    return codecs
        .audits()
        .encode(
            Topics.AUDIT,
            new AuditRecord(
                HOSPITAL,
                "tests",
                action,
                "subject",
                Samples.T,
                Optional.empty(),
                Map.of("commandId", commandId, "reason", reason)));
  }
}
