package io.waybill.examples;

import io.waybill.client.StatusDeserializer;
import io.waybill.client.Subscription;
import io.waybill.client.WaybillClient;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Chapter 6: where deliveries stand. */
public final class Monitoring {
  private Monitoring() {}

  /** One question. */
  public static String stateOf(WaybillClient waybill, DeliveryId id) {
    // example: status
    String state =
        waybill.status(id).map(status -> status.state().word()).orElse("not decided yet");
    // end of example
    return state;
  }

  /** Every failed delivery of an organization, also those of the time that one was away. */
  public static Subscription failures(
      WaybillClient waybill, Instant lastSeen, BlockingQueue<DeliveryStatus> failures) {
    // example: follow
    Subscription subscription =
        waybill.follow(
            new OrganizationId("hospital-001"),
            lastSeen,
            status -> {
              if (status.state() == OverallState.FAILED || status.state() == OverallState.PARTIAL) {
                failures.add(status); // hand over: this thread reads for everybody
              }
            });
    // end of example
    return subscription;
  }

  /** A consumer group of one's own, whose offsets remember where it was. */
  public static void consume(
      String bootstrapServers, Duration within, Consumer<DeliveryStatus> handle) {
    // example: status-consumer
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ConsumerConfig.GROUP_ID_CONFIG,
            "delivery-dashboard",
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
            StringDeserializer.class,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
            StatusDeserializer.class);
    try (KafkaConsumer<String, DeliveryStatus> consumer = new KafkaConsumer<>(settings)) {
      consumer.subscribe(List.of("waybill.status.json"));
      Instant end = Instant.now().plus(within);
      while (Instant.now().isBefore(end)) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(record -> {
              if (record.value() != null) { // a tombstone: its retention is over
                handle.accept(record.value());
              }
            });
      }
    }
    // end of example
  }
}
