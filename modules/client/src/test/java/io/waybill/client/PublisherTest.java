package io.waybill.client;

import static io.waybill.client.RequestBuilder.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.TraceParent;
import io.waybill.secrets.PayloadKeyFile;
import io.waybill.secrets.PayloadKeys;
import io.waybill.secrets.PayloadSealer;
import io.waybill.wire.Codecs;
import io.waybill.wire.DecodedRequest;
import io.waybill.wire.RegistryException;
import io.waybill.wire.RequestCodec;
import io.waybill.wire.Topics;
import io.waybill.wire.TraceHeaders;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublisherTest {
  private static final DeliveryId ID = DeliveryId.random();

  private final RequestCodec codec = new Codecs(new NoRegistry()).requests();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final Publisher.Published published = new Publisher.Published(ID);

  private Publisher publisher(Optional<PayloadSealer> sealer) {
    return new Publisher(producer, Topics.REQUESTS, codec::encodeJson, sealer);
  }

  private static RequestBuilder report() {
    return request("hospital-001", "report")
        .to(new DestinationId("siem"))
        .data("patient-42")
        .deliveryId(ID);
  }

  private DeliveryRequest onlyRequest() {
    ProducerRecord<byte[], byte[]> record = producer.history().get(0);
    return ((DecodedRequest.Valid) codec.decode(record.value())).request();
  }

  @Test
  void isPublishedWhenItIsAcknowledgedAndNotBefore() {
    DeliveryRequest request = report().build();

    publisher(Optional.empty()).publish(request, null, published);

    assertThat(published).isNotDone();
    producer.completeNext();
    assertThat(published).isCompletedWithValue(ID);
    ProducerRecord<byte[], byte[]> record = producer.history().get(0);
    assertThat(record.topic()).isEqualTo(Topics.REQUESTS);
    assertThat(new String(record.key(), UTF_8)).isEqualTo("hospital-001/" + ID);
    assertThat(onlyRequest()).isEqualTo(request);
  }

  @Test
  void publishesToTheTopicOfItsOrganization() {
    new Publisher(producer, "waybill.requests.acme", codec::encodeJson, Optional.empty())
        .publish(report().build(), null, published);

    ProducerRecord<byte[], byte[]> record = producer.history().get(0);
    assertThat(record.topic()).isEqualTo("waybill.requests.acme");
    assertThat(new String(record.key(), UTF_8)).as("as on any").isEqualTo("hospital-001/" + ID);
  }

  @Test
  void theKeyIsWhereTheRequestIsDeduplicated() {
    publisher(Optional.empty())
        .publish(report().idempotencyKey("report-1").build(), null, published);

    assertThat(new String(producer.history().get(0).key(), UTF_8))
        .isEqualTo("hospital-001/report-1");
  }

  @Test
  void everyFailureComesThroughTheFuture() {
    publisher(Optional.empty()).publish(report().build(), null, published);
    producer.errorNext(new TimeoutException("no answer"));
    assertThat(published)
        .failsWithin(0, java.util.concurrent.TimeUnit.SECONDS)
        .withThrowableThat()
        .withMessageContaining("delivery " + ID + " was not acknowledged")
        .withMessageContaining("same delivery id");

    Publisher.Published unencoded = new Publisher.Published(ID);
    new Publisher(
            producer,
            Topics.REQUESTS,
            request -> {
              throw new RegistryException.Unavailable("the registry is away");
            },
            Optional.empty())
        .publish(report().build(), null, unencoded);
    assertThat(unencoded).isCompletedExceptionally();

    Publisher.Published closed = new Publisher.Published(ID);
    producer.close();
    publisher(Optional.empty()).publish(report().build(), null, closed);
    assertThat(closed).isCompletedExceptionally();
  }

  @Test
  void sealsForWhoHasAKeyAndRefusesWhoHadOne(@TempDir Path folder) {
    Path file = folder.resolve("payload-keys.json");
    PayloadKeyFile keys = new PayloadKeyFile(file);
    keys.createUnlessThere();
    OrganizationId hospital = new OrganizationId("hospital-001");
    keys.create(hospital);
    Optional<PayloadSealer> sealer = Optional.of(new PayloadSealer(PayloadKeys.load(file)));

    publisher(sealer).publish(report().build(), null, published);

    assertThat(new String(producer.history().get(0).value(), UTF_8)).doesNotContain("patient-42");
    assertThat(onlyRequest().payload().sealed()).isTrue();

    keys.destroy(hospital);
    Optional<PayloadSealer> without = Optional.of(new PayloadSealer(PayloadKeys.load(file)));
    Publisher.Published refused = new Publisher.Published(ID);
    publisher(without).publish(report().build(), null, refused);

    assertThat(refused)
        .failsWithin(0, java.util.concurrent.TimeUnit.SECONDS)
        .withThrowableThat()
        .withMessageContaining("destroyed");
    assertThat(producer.history()).hasSize(1);
  }

  @Test
  void aClearPayloadOfWhoNeverHadAKeyStaysClear(@TempDir Path folder) {
    Path file = folder.resolve("payload-keys.json");
    new PayloadKeyFile(file).createUnlessThere();

    publisher(Optional.of(new PayloadSealer(PayloadKeys.load(file))))
        .publish(report().build(), null, published);

    assertThat(onlyRequest().payload().data().text()).isEqualTo("\"patient-42\"");
  }

  @Test
  void theTraceIsAHeaderAndNoneIsNone() {
    TraceParent trace = new TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

    publisher(Optional.empty()).publish(report().build(), trace, published);
    publisher(Optional.empty()).publish(report().build(), null, new Publisher.Published(ID));

    assertThat(TraceHeaders.read(producer.history().get(0).headers())).contains(trace);
    assertThat(producer.history().get(1).headers()).isEmpty();
  }
}
