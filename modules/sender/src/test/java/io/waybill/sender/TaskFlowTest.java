package io.waybill.sender;

import static io.waybill.sender.TestTasks.HOOK;
import static io.waybill.sender.TestTasks.NOW;
import static io.waybill.sender.TestTasks.ORIGIN;
import static io.waybill.sender.TestTasks.aTask;
import static io.waybill.sender.TestTasks.destination;
import static io.waybill.sender.TestTasks.secrets;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition.AttemptFailed;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Reason;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The way of one task, without Kafka. */
class TaskFlowTest {
  private static final byte[] KEY = HOOK.value().getBytes(StandardCharsets.UTF_8);

  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());

  private TaskFlow flow(ScriptedChannel channel) {
    SenderConfig config =
        new SenderConfig(DestinationType.WEBHOOK, "one", Map.of("bootstrap.servers", "nowhere:1"));
    DestinationView destinations = new DestinationView(codecs);
    destinations.accept(
        new ConsumerRecord<>(
            Topics.DESTINATIONS,
            0,
            0,
            KEY,
            codecs.destinations().encode(Topics.DESTINATIONS, destination(HOOK, 1, 3))));
    destinations.accept(
        new ConsumerRecord<>(
            Topics.DESTINATION_SECRETS,
            0,
            0,
            KEY,
            codecs.destinationSecrets().encode(Topics.DESTINATION_SECRETS, secrets(HOOK, 1))));
    return new TaskFlow(
        channel,
        config,
        destinations,
        new ControlView(codecs),
        new PayloadSource(KafkaSettings.singleRecords(config), codecs, 0),
        new Settlements(new Random(1)),
        new OutcomeEncoder(codecs, DestinationType.WEBHOOK),
        () -> NOW);
  }

  @Test
  void anErrorOfTheChannelIsAFailedAttempt() throws Exception {
    AssignedPartition from =
        new AssignedPartition(new TopicPartition(ORIGIN.topic(), 1), Optional.empty(), List.of());
    Work work =
        new Work(
            from,
            from.progress().received(ORIGIN.offset()).orElseThrow(),
            ORIGIN,
            new Work.TaskRecord(aTask().build()),
            1);
    ScriptedChannel broken =
        new ScriptedChannel(_ -> {
          throw new NoClassDefFoundError("a class that is missing in the installation");
        });

    Ended ended = flow(broken).run(work, LedgerTest.SEND);
    Settled settled = ended.settled();
    assertThat(ended.verdict()).isEqualTo(Verdict.NONE);

    assertThat(settled.records())
        .extracting(ProducerRecord::topic)
        .containsExactly(Topics.EVENTS, Topics.retry(DestinationType.WEBHOOK));
    assertThat(codecs.events().decode(settled.records().getFirst().value()))
        .isInstanceOfSatisfying(
            TaskEvent.class,
            event -> {
              assertThat(event.attempt()).isEqualTo(1);
              assertThat(event.transition())
                  .isInstanceOfSatisfying(
                      AttemptFailed.class,
                      failed -> assertThat(failed.reason()).isEqualTo(Reason.CHANNEL_ERROR));
            });
  }
}
