package io.waybill.fanout;

import static io.waybill.fanout.Samples.destination;
import static io.waybill.fanout.Samples.request;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationType;
import io.waybill.domain.RawBytes;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.TraceParent;
import io.waybill.domain.Traces;
import io.waybill.wire.Topics;
import io.waybill.wire.TraceHeaders;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A publisher's trace goes on in everything that fan-out writes. */
class TracedRequestsTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final TraceParent PUBLISHERS =
      new TraceParent("00-" + TRACE + "-00f067aa0ba902b7-01");

  private final FanOutDriver fanOut = new FanOutDriver();

  @AfterEach
  void close() {
    fanOut.close();
  }

  @Test
  void goesOnInTasksAndEvents() {
    fanOut.define(destination("siem"));
    DeliveryId id = DeliveryId.random();

    publish(request("siem").id(id).build());

    TraceParent step = new TraceParent("00-" + TRACE + "-0000000000000001-01");
    assertThat(tracesOf(Topics.tasks(DestinationType.WEBHOOK))).containsExactly(step);
    assertThat(tracesOf(Topics.EVENTS)).containsExactly(step);
    assertThat(fanOut.traces.steps)
        .singleElement()
        .satisfies(made -> {
          assertThat(made.name()).isEqualTo("fan-out");
          assertThat(made.kind()).isEqualTo(Traces.Kind.CONSUMER);
          assertThat(made.attributes()).containsEntry("waybill.result", "accepted");
          assertThat(made.failure()).isEmpty();
        });
    assertThat(fanOut.traces.deliveries).containsExactly(id);
    assertThat(fanOut.counted).singleElement().isInstanceOf(DeliveryEvent.Accepted.class);
  }

  @Test
  void isInTheTaskItselfForWhoeverKeepsItWithoutItsRecord() {
    fanOut.define(destination("siem"));
    publish(request("siem").build());

    assertThat(fanOut.tasks().getFirst().trace())
        .contains(new TraceParent("00-" + TRACE + "-0000000000000001-01"));
  }

  @Test
  void goesOnWithARequestThatWaited() {
    publish(request("siem").build());
    fanOut.define(destination("siem"));
    fanOut.advance(FanOutConfig.DEFAULT_HELD_INTERVAL);

    assertThat(tracesOf(Topics.tasks(DestinationType.WEBHOOK)))
        .extracting(TraceParent::traceId)
        .containsExactly(TRACE);
  }

  @Test
  void goesOnWithARequestThatIsPassedOn() {
    try (FanOutDriver of12 = new FanOutDriver(12)) {
      of12.define(destination("siem"));
      for (int i = 0; i < 50; i++) {
        of12.publish(traced(of12, request("siem").id(DeliveryId.random()).build()));
      }

      assertThat(of12.raw(Topics.FAN_OUT_REKEYED))
          .isNotEmpty()
          .allSatisfy(
              record -> assertThat(TraceHeaders.read(record.headers())).contains(PUBLISHERS));
    }
  }

  @Test
  void endsWithARejection() {
    publish(request("nowhere").build());
    fanOut.advance(FanOutConfig.DEFAULT_GRACE.plusMillis(100));

    assertThat(tracesOf(Topics.DEAD_LETTERS)).hasSize(1);
    assertThat(fanOut.traces.steps)
        .singleElement()
        .satisfies(made -> {
          assertThat(made.attributes()).containsEntry("waybill.result", "rejected");
          assertThat(made.failure()).contains(Reason.DESTINATION_NOT_FOUND);
        });
    assertThat(fanOut.counted).singleElement().isInstanceOf(DeliveryEvent.Rejected.class);
  }

  @Test
  void aBrokenHeaderCostsTheTraceAndNothingElse() {
    fanOut.define(destination("siem"));
    var headers = new RecordHeaders().add("traceparent", "nonsense".getBytes(US_ASCII));
    fanOut.publish(
        new TestRecord<>(
            null,
            fanOut.codecs.requests().encode(Topics.REQUESTS, request("siem").build()),
            headers,
            fanOut.now()));

    assertThat(fanOut.tasks())
        .singleElement()
        .satisfies(task -> assertThat(task.trace()).isEmpty());
  }

  /** A process of the version before has left it in the store. */
  @Test
  void stillReadsWhatWasHeldWithoutOne() {
    Arrival arrival =
        new Arrival(
            new RecordOrigin(Topics.REQUESTS, 0, 7),
            Optional.of(new RawBytes(new byte[] {1})),
            new RawBytes(new byte[] {2, 3}),
            Instant.ofEpochMilli(5),
            Optional.empty(),
            Optional.of(Instant.ofEpochMilli(9)),
            Optional.empty());
    byte[] before =
        ByteBuffer.allocate(16)
            .put((byte) 1)
            .putLong(5)
            .putInt(1)
            .put(new byte[] {1, 2, 3})
            .array();

    assertThat(HeldKey.of(arrival).readValue(before)).isEqualTo(arrival);
    assertThat(HeldKey.of(arrival).readValue(HeldKey.writeValue(arrival))).isEqualTo(arrival);
  }

  private void publish(DeliveryRequest request) {
    fanOut.publish(traced(fanOut, request));
  }

  private static TestRecord<byte[], byte[]> traced(FanOutDriver to, DeliveryRequest request) {
    var headers = new RecordHeaders();
    TraceHeaders.write(headers, Optional.of(PUBLISHERS));
    return new TestRecord<>(
        null, to.codecs.requests().encode(Topics.REQUESTS, request), headers, to.now());
  }

  private List<TraceParent> tracesOf(String topic) {
    return fanOut.raw(topic).stream()
        .flatMap(record -> TraceHeaders.read(record.headers()).stream())
        .toList();
  }
}
