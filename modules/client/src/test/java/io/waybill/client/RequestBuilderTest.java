package io.waybill.client;

import static io.waybill.client.RequestBuilder.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.FieldError;
import io.waybill.domain.RawJson;
import io.waybill.domain.TraceParent;
import io.waybill.wire.RequestCodec;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
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
  void takesNoTwoKeysOfOneText() {
    Map<Object, Object> twice = new LinkedHashMap<>();
    twice.put("1", "a");
    twice.put(1, "b");
    Map<String, Object> same = new IdentityHashMap<>();
    same.put("key", 1);
    same.put(String.valueOf(new char[] {'k', 'e', 'y'}), 2);

    assertThatThrownBy(() -> request("o", "t").data(Map.of("a", List.of(0, twice))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("at a[1]: two keys of a map have the same text, '1'");
    assertThatThrownBy(() -> request("o", "t").metadata(same))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'key'");
    assertThat(json(Map.of(1, Map.of(true, "x")))).isEqualTo("{\"1\":{\"true\":\"x\"}}");
  }

  /** At both sides of each limit, fan-out's own judgement is the measure. */
  @Test
  void takesNoNumberAndNoNameThatIsTooLong() {
    assertThat(RequestCodec.isJson(RawJson.of(json(digits(1_000))), false)).isTrue();
    assertThat(RequestCodec.isJson(RawJson.of(digits(1_001).toString()), false)).isFalse();
    assertThatThrownBy(() -> request("o", "t").data(List.of(1, digits(1_001))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at [1]: a number of 1001 characters");
    assertThatThrownBy(() -> json(new BigDecimal(digits(1_100), 5)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(json(new BigDecimal("1E+5000"))).isEqualTo("1E+5000");

    for (String letter : List.of("n", "\u00e9", "\u20ac")) {
      int bytes = letter.getBytes(UTF_8).length;
      String longest = letter.repeat(10_000 / bytes);
      assertThat(RequestCodec.isJson(RawJson.of(json(Map.of(longest, 1))), true))
          .as(letter)
          .isTrue();
      String longer = letter.repeat(10_000 / bytes + 4);
      assertThatThrownBy(() -> json(Map.of("a", Map.of(longer, 1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("at a: the name " + letter)
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }
  }

  @Test
  void takesTheNumbersOfTheJdkAndNoOthers() {
    Number own =
        new Number() {
          @Override
          public int intValue() {
            return 1;
          }

          @Override
          public long longValue() {
            return 1;
          }

          @Override
          public float floatValue() {
            return 1;
          }

          @Override
          public double doubleValue() {
            return 1;
          }

          @Override
          public String toString() {
            return "1,\"more\":2";
          }
        };

    assertThat(json(List.of(new AtomicLong(7), 1.5f, (short) 3))).isEqualTo("[7,1.5,3]");
    assertThatThrownBy(() -> json(Map.of("x", own)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("at x: ")
        .hasMessageNotContaining("more");
  }

  private static BigInteger digits(int number) {
    return BigInteger.TEN.pow(number).subtract(BigInteger.ONE);
  }

  private static String json(Object data) {
    return request("o", "t").to(SIEM).data(data).build().payload().data().text();
  }

  @Test
  void takesATraceParentOfItsForm() {
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    assertThat(request("o", "t").trace()).isNull();
    assertThat(request("o", "t").traceParent(trace).trace()).isEqualTo(new TraceParent(trace));
    for (String wrong :
        List.of("", "abc", trace.toUpperCase(Locale.ROOT), trace.replace('4', '-'))) {
      assertThatThrownBy(() -> request("o", "t").traceParent(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("traceParent '" + wrong + "'");
    }
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
