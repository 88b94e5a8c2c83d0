package io.waybill.examples;

import static io.waybill.client.RequestBuilder.request;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.client.Delivery;
import io.waybill.client.RequestSerializer;
import io.waybill.client.WaybillClient;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Chapter 8: producers of one's own, outboxes, and times. */
public final class AdvancedPatterns {
  private AdvancedPatterns() {}

  /** The request becomes visible with the event that it belongs to, or not at all. */
  @SuppressWarnings("FutureReturnValueIgnored") // the commit fails when a send did
  public static DeliveryId inOneTransaction(
      String bootstrapServers, DestinationId siem, boolean goesWrong) {
    // example: transaction
    Map<String, Object> settings =
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            "orders-1",
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
            StringSerializer.class,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
            RequestSerializer.class);
    DeliveryRequest request =
        request("hospital-001", "order-shipped").to(siem).data(Map.of("orderId", 4711)).build();
    try (KafkaProducer<String, DeliveryRequest> producer = new KafkaProducer<>(settings)) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(RequestSerializer.record(request));
      if (goesWrong) {
        producer.abortTransaction();
      } else {
        producer.commitTransaction();
      }
    }
    // end of example
    return request.deliveryId().orElseThrow();
  }

  /** A row of an outbox table, which Connect or a poller publishes as it is. */
  public record OutboxRow(String topic, String key, String json) {}

  /** What goes into the outbox, in the transaction of the database. */
  public static OutboxRow outboxRow(DeliveryRequest request) {
    // example: outbox
    ProducerRecord<String, DeliveryRequest> record = RequestSerializer.record(request);
    byte[] json = RequestSerializer.json().bytes(request);
    OutboxRow row = new OutboxRow(record.topic(), record.key(), new String(json, UTF_8));
    // end of example
    return row;
  }

  /** Tomorrow, and not a day later. */
  public static Delivery scheduled(WaybillClient waybill, DestinationId siem, Instant at) {
    // example: scheduled
    Delivery delivery =
        waybill.deliver(
            request("hospital-001", "reminder")
                .to(siem)
                .data(Map.of("text", "renew the certificate"))
                .deliverAt(at)
                .expiresAt(at.plus(Duration.ofDays(1))));
    // end of example
    return delivery;
  }
}
