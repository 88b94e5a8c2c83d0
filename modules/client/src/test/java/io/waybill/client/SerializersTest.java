package io.waybill.client;

import static io.waybill.client.RequestBuilder.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.TraceParent;
import io.waybill.wire.Codecs;
import io.waybill.wire.DecodedRequest;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.StatusJson;
import io.waybill.wire.Topics;
import io.waybill.wire.TraceHeaders;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class SerializersTest {
  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final Codecs codecs = new Codecs(registry);
  private final DeliveryRequest request =
      request("hospital-001", "report").to(new DestinationId("siem")).dataJson("1.10").build();

  @Test
  void requestsAreJsonOrAvro() {
    byte[] json = RequestSerializer.json().serialize(Topics.REQUESTS, request);
    byte[] avro = RequestSerializer.avro(registry).serialize(Topics.REQUESTS, request);

    assertThat(new String(json, UTF_8)).startsWith("{").contains("\"data\":1.10");
    assertThat(avro[0]).isZero();
    assertThat(codecs.requests().decode(json)).isEqualTo(new DecodedRequest.Valid(request));
    assertThat(codecs.requests().decode(avro)).isEqualTo(new DecodedRequest.Valid(request));
    assertThat(new RequestSerializer().serialize(Topics.REQUESTS, null)).isNull();
  }

  @Test
  void aRecordIsWholeWithItsKey() {
    ProducerRecord<String, DeliveryRequest> record = RequestSerializer.record(request);

    assertThat(record.topic()).isEqualTo(Topics.REQUESTS);
    assertThat(record.key()).isEqualTo("hospital-001/" + request.deliveryId().orElseThrow());
    assertThat(record.value()).isSameAs(request);

    ProducerRecord<String, DeliveryRequest> other = RequestSerializer.record("acme", request);
    assertThat(other.topic()).isEqualTo("acme");
    assertThat(other.key()).isEqualTo(record.key());
  }

  @Test
  void aRecordOfABuilderHasItsTrace() {
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    RequestBuilder builder =
        request("hospital-001", "report").to(new DestinationId("siem")).data(1);

    ProducerRecord<String, DeliveryRequest> without = RequestSerializer.record(builder);
    ProducerRecord<String, DeliveryRequest> with =
        RequestSerializer.record("acme", builder.traceParent(trace));

    assertThat(without.topic()).isEqualTo(Topics.REQUESTS);
    assertThat(without.headers()).isEmpty();
    assertThat(with.topic()).isEqualTo("acme");
    assertThat(TraceHeaders.read(with.headers())).contains(new TraceParent(trace));
    assertThat(with.key()).isEqualTo("hospital-001/" + with.value().deliveryId().orElseThrow());
  }

  @Test
  void requestsAreNoKeys() {
    assertThatThrownBy(() -> new RequestSerializer().configure(Map.of(), true))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void statusesAreReadFromJson() {
    DeliveryStatus status = Samples.status(OverallState.COMPLETED);

    try (StatusDeserializer deserializer = new StatusDeserializer()) {
      deserializer.configure(Map.of(), false);
      assertThat(deserializer.deserialize("t", StatusJson.encode(status))).isEqualTo(status);
      assertThat(deserializer.deserialize("t", null)).isNull();
      assertThatThrownBy(() -> deserializer.deserialize("t", "{}".getBytes(UTF_8)))
          .isInstanceOf(SerializationException.class);
      assertThatThrownBy(
              () -> deserializer.deserialize("t", codecs.statuses().encode(Topics.STATUS, status)))
          .isInstanceOf(SerializationException.class)
          .hasMessageContaining("schema.registry.url");
    }
  }
}
