package io.waybill.checker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.embedded.EmbeddedRegistry;
import io.waybill.embedded.EmbeddedRegistryConfig;
import io.waybill.testkit.KafkaFixture;
import io.waybill.testkit.TestTopics;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.HttpSchemaRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program against a broker and a registry; the records are Waybill's own. */
class CheckerMainIT {
  private static final List<String> TOPICS =
      List.of(
          "waybill.tasks.webhook",
          "waybill.tasks.webhook.express",
          "waybill.retry.webhook",
          "waybill.events",
          "waybill.status",
          "waybill.dead-letters");
  private static final OrganizationId ORGANIZATION = new OrganizationId("hospital-001");
  private static final DestinationId NORTH = new DestinationId("north");
  private static final DestinationId SOUTH = new DestinationId("south");
  private static final DeliveryId DELIVERY = DeliveryId.random();
  private static final Instant NOW = Instant.parse("2026-01-31T08:00:00Z");
  private static final DeliveryEvent.RequestSummary SUMMARY =
      new DeliveryEvent.RequestSummary("report", Optional.empty(), List.of(), 9, NOW);
  private static final TaskPayload.Reference PAYLOAD =
      new TaskPayload.Reference(
          new RecordOrigin("waybill.requests", 0, 0), RawJson.of("1").sha256(), 1);

  private final String kafka = KafkaFixture.shared().bootstrapServers();
  @TempDir private Path folder;
  private EmbeddedRegistry registry;
  private Codecs codecs;
  private KafkaProducer<byte[], byte[]> producer;

  @BeforeEach
  void start() {
    registry = new EmbeddedRegistry(new EmbeddedRegistryConfig(folder, 0));
    registry.start();
    codecs = new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", registry.url())));
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka, "transactional.id", "checker-it"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
  }

  @AfterEach
  void stop() {
    producer.close();
    registry.close();
  }

  @Test
  void judgesWhatIsCommittedAndNothingElse() throws IOException {
    writeHistories();
    Judged early = judge(registry.url());
    TOPICS.forEach(topic -> TestTopics.create(kafka, topic, 2, Map.of()));
    producer.beginTransaction();
    goodRun();
    sendBytes("waybill.tasks.webhook", "no task".getBytes(UTF_8));
    producer.commitTransaction();
    producer.beginTransaction();
    send("waybill.tasks.webhook.express", codecs.tasks(), task(NORTH, 0));
    producer.flush();
    producer.abortTransaction();
    Judged good = judge(registry.url());
    producer.beginTransaction();
    send("waybill.tasks.webhook.express", codecs.tasks(), task(NORTH, 0));
    producer.commitTransaction();
    Judged altered = judge(registry.url());
    Judged unread = judge("http://127.0.0.1:1");

    assertThat(early.exitCode()).isEqualTo(CheckerMain.NOT_JUDGED);
    assertThat(early.output()).contains("there is no topic waybill.");
    assertThat(good.output())
        .contains("submitted 1 (acknowledged 1), tasks 2, received 4 (answered 2xx 1)")
        .contains("not judged: 1 records of waybill.tasks.webhook that")
        .endsWith("every rule holds" + System.lineSeparator());
    assertThat(good.exitCode()).isEqualTo(CheckerMain.PASSED);
    assertThat(altered.output()).contains("FANOUT-DUP " + DELIVERY + " to north");
    assertThat(altered.exitCode()).isEqualTo(CheckerMain.BROKEN);
    assertThat(unread.output()).contains("check --registry");
    assertThat(unread.exitCode()).isEqualTo(CheckerMain.NOT_JUDGED);
  }

  /** North has it at once; south fails, waits, fails again, and is a dead letter. */
  private void goodRun() {
    send("waybill.events", codecs.events(), accepted());
    send("waybill.tasks.webhook.express", codecs.tasks(), task(NORTH, 0));
    send("waybill.tasks.webhook.express", codecs.tasks(), task(SOUTH, 0));
    event(NORTH, 1, new TaskTransition.Delivered("200", Optional.empty(), Duration.ofMillis(5)));
    event(SOUTH, 1, failed(Optional.of(NOW)));
    send(
        "waybill.retry.webhook",
        codecs.parkedTasks(),
        new ParkedTask(task(SOUTH, 1), NOW, Reason.RETRY));
    status(OverallState.PROCESSING, state(SOUTH, DestinationState.RETRYING, 1));
    send("waybill.tasks.webhook.express", codecs.tasks(), task(SOUTH, 1));
    event(SOUTH, 2, failed(Optional.empty()));
    event(SOUTH, 2, new TaskTransition.DeadLettered(Reason.ATTEMPTS_EXHAUSTED, "no more"));
    send(
        "waybill.dead-letters",
        codecs.deadLetters(),
        DeadLetters.ofTask(
            new RecordOrigin("waybill.tasks.webhook.express", 0, 3),
            task(SOUTH, 2),
            Reason.ATTEMPTS_EXHAUSTED,
            "no more",
            NOW));
    status(OverallState.PARTIAL, state(SOUTH, DestinationState.FAILED, 2));
  }

  private void writeHistories() throws IOException {
    Submitted submitted =
        new Submitted(
            DELIVERY.toString(),
            ORGANIZATION.value(),
            List.of(NORTH.value(), SOUTH.value()),
            Submitted.Fate.ACKNOWLEDGED,
            NOW,
            Optional.empty());
    Files.writeString(submittedFile(), HistoryFiles.line(submitted) + "\n");
    List<String> received = new ArrayList<>();
    received.add(HistoryFiles.line(received(NORTH, OptionalInt.of(200))));
    received.add(HistoryFiles.line(received(SOUTH, OptionalInt.of(503))));
    received.add(HistoryFiles.line(received(SOUTH, OptionalInt.of(503))));
    received.add(HistoryFiles.line(received(NORTH, OptionalInt.empty())));
    Files.write(receivedFile(), received);
  }

  private static Received received(DestinationId destination, OptionalInt status) {
    return new Received(
        TaskId.of(ORGANIZATION, DELIVERY, destination).value(),
        DELIVERY.toString(),
        destination.value(),
        NOW,
        Optional.empty(),
        status,
        Optional.empty());
  }

  private static DeliveryEvent accepted() {
    return new DeliveryEvent.Accepted(
        DELIVERY,
        ORGANIZATION,
        NOW,
        SUMMARY,
        PAYLOAD,
        RawJson.EMPTY_OBJECT.sha256(),
        Optional.empty(),
        Optional.empty(),
        List.of(made(NORTH), made(SOUTH)),
        List.of());
  }

  private static DeliveryEvent.AcceptedTask made(DestinationId destination) {
    return new DeliveryEvent.AcceptedTask(
        TaskId.of(ORGANIZATION, DELIVERY, destination), destination, DestinationType.WEBHOOK, 1);
  }

  private static TaskTransition failed(Optional<Instant> nextAttemptAt) {
    return new TaskTransition.AttemptFailed(
        Reason.HTTP_TRANSIENT, "answered 503", Duration.ofMillis(5), nextAttemptAt);
  }

  private static Task task(DestinationId destination, int attempts) {
    return new Task(
        TaskId.of(ORGANIZATION, DELIVERY, destination),
        ORGANIZATION,
        DELIVERY,
        destination,
        DestinationType.WEBHOOK,
        1,
        0,
        attempts,
        "report",
        new TaskPayload.Inline(RawJson.of("1")),
        RawJson.EMPTY_OBJECT,
        Optional.empty(),
        List.of(),
        9,
        NOW,
        NOW,
        Optional.empty(),
        0);
  }

  private void event(DestinationId destination, int attempt, TaskTransition transition) {
    send(
        "waybill.events",
        codecs.events(),
        new DeliveryEvent.TaskEvent(
            DELIVERY,
            ORGANIZATION,
            NOW,
            TaskId.of(ORGANIZATION, DELIVERY, destination),
            destination,
            DestinationType.WEBHOOK,
            0,
            attempt,
            transition));
  }

  private void status(OverallState state, DestinationStatus south) {
    send(
        "waybill.status",
        codecs.statuses(),
        new DeliveryStatus(
            DELIVERY,
            ORGANIZATION,
            state,
            SUMMARY,
            List.of(state(NORTH, DestinationState.DELIVERED, 1), south),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.of(PAYLOAD),
            RawJson.EMPTY_OBJECT.sha256(),
            Optional.empty(),
            NOW));
  }

  private static DestinationStatus state(
      DestinationId destination, DestinationState state, int attempts) {
    return new DestinationStatus(
        destination.value(),
        Optional.of(DestinationType.WEBHOOK),
        Optional.of(TaskId.of(ORGANIZATION, DELIVERY, destination)),
        state,
        0,
        attempts,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private <T> void send(String topic, Codec<T> codec, T value) {
    sendBytes(topic, codec.encode(topic, value));
  }

  private void sendBytes(String topic, byte[] value) {
    producer.send(new ProducerRecord<>(topic, DELIVERY.toString().getBytes(UTF_8), value));
  }

  /** What the program answered. */
  private record Judged(int exitCode, String output) {}

  private Judged judge(String registryUrl) {
    StringWriter out = new StringWriter();
    return new Judged(run(registryUrl, out), out.toString());
  }

  private int run(String registryUrl, StringWriter out) {
    PrintWriter writer = new PrintWriter(out);
    return CheckerMain.commandLine()
        .setOut(writer)
        .setErr(writer)
        .execute(
            "--bootstrap-server=" + kafka,
            "--registry=" + registryUrl,
            "--submitted=" + submittedFile(),
            "--received=" + receivedFile());
  }

  private Path submittedFile() {
    return folder.resolve("submitted.jsonl");
  }

  private Path receivedFile() {
    return folder.resolve("received.jsonl");
  }
}
