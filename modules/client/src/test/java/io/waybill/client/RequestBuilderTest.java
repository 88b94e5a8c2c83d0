package io.waybill.client;

import static io.waybill.client.RequestBuilder.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.FieldError;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RequestBuilderTest {
  private static final DestinationId SIEM = new DestinationId("siem");

  @Test
  void saysEverythingThatARequestCanSay() {
    Instant at = Instant.parse("2026-01-31T08:00:00Z");

    DeliveryRequest request =
        request("hospital-001", "report")
            .to(SIEM, SIEM)
            .dataJson("{\"n\": 1.10}")
            .metadata(Map.of("retentionDays", 2555))
            .priority(7)
            .idempotencyKey("key")
            .correlationId("correlation")
            .tags("daily")
            .deliverAt(at)
            .expiresAt(at.plusSeconds(1))
            .build();

    assertThat(request.deliveryId()).isPresent();
    assertThat(request.organizationId().value()).isEqualTo("hospital-001");
    assertThat(request.destinations()).isEqualTo(new DestinationSelection.Named(List.of(SIEM)));
    assertThat(request.payload().type()).isEqualTo("report");
    assertThat(request.payload().data().text()).isEqualTo("{\"n\": 1.10}");
    assertThat(request.payload().metadata().text()).isEqualTo("{\"retentionDays\":2555}");
    assertThat(request.options())
        .isEqualTo(
            new DeliveryOptions(
                7,
                Optional.of("key"),
                Optional.of("correlation"),
                List.of("daily"),
                Optional.of(at),
                Optional.of(at.plusSeconds(1))));
  }

  @Test
  void writesPlainValuesAsTheyAre() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("text", "é\n\"");
    data.put("whole", 9007199254740993L);
    data.put("decimal", new BigDecimal("1.10"));
    data.put("real", 0.1);
    data.put("list", Arrays.asList(1, null, true));
    data.put("at", Instant.parse("2026-01-31T08:00:00Z"));

    assertThat(request("o", "t").to(SIEM).data(data).build().payload().data().text())
        .isEqualTo(
            "{\"text\":\"é\\n\\\"\",\"whole\":9007199254740993,\"decimal\":1.10,\"real\":0.1,"
                + "\"list\":[1,null,true],\"at\":\"2026-01-31T08:00:00Z\"}");
    assertThat(request("o", "t").to(SIEM).data(null).build().payload().data().text())
        .isEqualTo("null");
  }

  @Test
  void takesNoObjectsApart() {
    assertThatThrownBy(() -> request("o", "t").data(Map.of("x", new Object())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Object")
        .hasMessageContaining("JSON library");
    assertThatThrownBy(() -> request("o", "t").data(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    List<Object> deep = new ArrayList<>();
    List<Object> inner = deep;
    for (int i = 0; i < 70; i++) {
      List<Object> next = new ArrayList<>();
      inner.add(next);
      inner = next;
    }
    assertThatThrownBy(() -> request("o", "t").data(deep))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("deeper than 64");
  }

  @Test
  void namesEverythingThatIsWrong() {
    assertThatThrownBy(
            () -> request("o", "").to(List.of()).data(1).priority(11).tags("", "good").build())
        .isInstanceOfSatisfying(
            RefusedException.class,
            e ->
                assertThat(e.errors())
                    .extracting(FieldError::field)
                    .containsExactlyInAnyOrder(
                        "payload.type", "destinations", "options.priority", "options.tags[0]"))
        .hasMessageContaining("options.priority: must be a whole number");
  }

  @Test
  void refusesWhatIsNotJsonWhereItIsGiven() {
    assertThatThrownBy(() -> request("o", "t").dataJson("{\"secret\": "))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("payload.data")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> request("o", "t").metadataJson("[]"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("object");
    assertThatThrownBy(() -> request("o", "t").to(SIEM).build())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("payload.data");
  }
}
