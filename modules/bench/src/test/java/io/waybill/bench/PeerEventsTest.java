package io.waybill.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.Task;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PeerEventsTest {
  private static final Duration TOOK = Duration.ofMillis(101);

  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());

  @ParameterizedTest
  @EnumSource
  void peerWritesAsManyBytesAsTheSender(Peer.Kind kind) throws Exception {
    String destination = Traffic.destinationId(7).value();
    ConsumerRecord<String, byte[]> record =
        new ConsumerRecord<>(kind.topic(), 3, 123_456, destination, new byte[0]);

    ProducerRecord<String, byte[]> written =
        new PeerEvents(kind.organization(), codecs).delivered(record, TOOK.toNanos());

    TaskEvent event = (TaskEvent) codecs.events().decode(written.value());
    assertThat(event.organizationId()).isEqualTo(kind.organization());
    assertThat(event.destinationId().value()).isEqualTo(destination);
    assertThat(event.transition())
        .isEqualTo(new TaskTransition.Delivered("200", Optional.empty(), TOOK));
    assertThat(written.topic()).isEqualTo(Topics.EVENTS);
    assertThat(written.key()).hasSize(36).isEqualTo(event.deliveryId().toString());
    assertThat(written.value()).hasSameSizeAs(ofSender());
  }

  private byte[] ofSender() {
    Task task = Traffic.task(7, Traffic.payload(0, 64), Instant.now());
    return codecs
        .events()
        .encode(
            Topics.EVENTS,
            new TaskEvent(
                task.deliveryId(),
                task.organizationId(),
                Instant.now(),
                task.taskId(),
                task.destinationId(),
                task.destinationType(),
                task.generation(),
                task.attempts() + 1,
                new TaskTransition.Delivered("200", Optional.empty(), TOOK)));
  }
}
