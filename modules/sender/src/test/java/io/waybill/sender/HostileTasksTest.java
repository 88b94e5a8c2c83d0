package io.waybill.sender;

import static io.waybill.sender.TestTasks.HOOK;
import static io.waybill.sender.TestTasks.NOW;
import static io.waybill.sender.TestTasks.ORIGIN;
import static io.waybill.sender.TestTasks.aTask;
import static io.waybill.sender.TestTasks.destination;
import static io.waybill.sender.TestTasks.secrets;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DestinationType;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.Traces;
import io.waybill.wire.Codecs;
import io.waybill.wire.HostileRecords;
import io.waybill.wire.HostileRecords.Hostile;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rows 63 to 67: tasks that no fan-out makes end in an outcome that has a record, whatever they
 * say.
 */
class HostileTasksTest {

  /** A sender's way of a task, over views of one destination. */
  private record Way(InMemorySchemaRegistry registry, TaskReader reader, TaskFlow flow)
      implements AutoCloseable {
    @Override
    public void close() {
      // Holds nothing.
    }
  }

  static Stream<Outcome> outcomes() {
    return Stream.of(
        new Outcome.Delivered("200", Optional.empty(), Duration.ofMillis(5)),
        new Outcome.Transient(
            Reason.HTTP_TRANSIENT, "503", Optional.of(Duration.ofDays(10_000)), Duration.ZERO),
        new Outcome.Permanent(Reason.HTTP_PERMANENT, "400", Duration.ZERO));
  }

  @DisplayName("row 64: every one ends with a record")
  @ParameterizedTest
  @MethodSource("outcomes")
  void everyOneEndsWithARecord(Outcome outcome) {
    Task good = aTask().build();
    List<Hostile> records = HostileRecords.of(Codecs::tasks, good);

    List<String> broken =
        HostileRecords.breaking(
            records,
            () -> way(outcome),
            (way, record) -> {
              Work.Content content =
                  way.reader()
                      .read(
                          ORIGIN,
                          HOOK.value().getBytes(StandardCharsets.UTF_8),
                          record.value(way.registry()));
              if (content instanceof Work.TaskRecord) {
                AssignedPartition from =
                    new AssignedPartition(
                        new TopicPartition(ORIGIN.topic(), 1), Optional.empty(), List.of());
                Work work =
                    new Work(
                        from,
                        from.progress().received(ORIGIN.offset()).orElseThrow(),
                        ORIGIN,
                        content,
                        1);
                Ended ended = way.flow().run(work, LedgerTest.SEND).toCompletableFuture().join();
                assertThat(ended.settled().records()).as(record.place()).isNotEmpty();
              }
            });

    assertThat(broken).isEmpty();
    assertThat(records).hasSizeGreaterThan(50);
  }

  private static Way way(Outcome outcome) {
    InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    Codecs codecs = new Codecs(registry);
    DestinationView destinations = new DestinationView(codecs);
    byte[] key = HOOK.value().getBytes(StandardCharsets.UTF_8);
    destinations.accept(
        new ConsumerRecord<>(
            Topics.DESTINATIONS,
            0,
            0,
            key,
            codecs.destinations().encode(Topics.DESTINATIONS, destination(HOOK, 1, 3))));
    destinations.accept(
        new ConsumerRecord<>(
            Topics.DESTINATION_SECRETS,
            0,
            0,
            key,
            codecs.destinationSecrets().encode(Topics.DESTINATION_SECRETS, secrets(HOOK, 1))));
    TaskFlow flow =
        new TaskFlow(
            new ScriptedChannel(_ -> ScriptedChannel.now(outcome)),
            new SenderConfig(
                DestinationType.WEBHOOK, "one", Map.of("bootstrap.servers", "nowhere:1")),
            destinations,
            new ControlView(codecs),
            task ->
                CompletableFuture.completedFuture(
                    new PayloadSource.Found(
                        ((TaskPayload.Inline) task.payload()).data(), task.metadata(), false)),
            new Settlements(new Random(1)),
            new OutcomeEncoder(codecs, DestinationType.WEBHOOK),
            new Watchdog(),
            () -> NOW,
            new SenderMetrics() {},
            Traces.NONE);
    return new Way(registry, new TaskReader(codecs, () -> NOW), flow);
  }
}
