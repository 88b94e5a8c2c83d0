package io.waybill.fanout;

import static io.waybill.fanout.Samples.destination;
import static io.waybill.fanout.Samples.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.TaskPayload;
import io.waybill.wire.Codecs;
import io.waybill.wire.HostileRecords;
import io.waybill.wire.HostileRecords.Hostile;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Whatever is in the shape of a request or of a destination, fan-out goes on behind it. */
class HostileRecordsTest {

  private static void assertNoneBreaks(
      List<Hostile> records, BiConsumer<FanOutDriver, Hostile> read) {
    List<String> broken =
        HostileRecords.breaking(
            records,
            () -> {
              FanOutDriver fanOut = new FanOutDriver();
              fanOut.define(destination("good"));
              return fanOut;
            },
            (fanOut, record) -> {
              read.accept(fanOut, record);
              fanOut.advance(FanOutConfig.DEFAULT_GRACE);
              fanOut.tasks();
              fanOut.publish(request("good").data("\"next\"").build());
              assertThat(fanOut.tasks())
                  .as("after %s", record.place())
                  .singleElement()
                  .satisfies(task ->
                      assertThat(((TaskPayload.Inline) task.payload()).data().text())
                          .isEqualTo("\"next\""));
            });

    assertThat(broken).isEmpty();
    assertThat(records).hasSizeGreaterThan(20);
  }

  private static Instant start() {
    try (FanOutDriver fanOut = new FanOutDriver()) {
      return fanOut.now();
    }
  }

  @Test
  void noRequestEndsIt() {
    InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    DeliveryRequest good =
        request("good")
            .id(DeliveryId.random())
            .key("k")
            .deliverAt(start().plusSeconds(1))
            .expiresAt(start().plusSeconds(60))
            .build();
    List<Hostile> records =
        HostileRecords.of(registry, new Codecs(registry).requests().encode(Topics.REQUESTS, good));

    assertNoneBreaks(records, (fanOut, record) -> fanOut.publish(record.value(fanOut.registry)));
  }

  @Test
  void noDestinationEndsIt() {
    List<Hostile> records =
        HostileRecords.goodDestinations().stream()
            .flatMap(good -> HostileRecords.of(Codecs::destinations, good).stream())
            .toList();

    assertNoneBreaks(
        records,
        (fanOut, record) -> {
          fanOut.define("siem", record.value(fanOut.registry));
          fanOut.publish(request("siem").build());
        });
  }
}
