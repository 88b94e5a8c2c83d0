package io.waybill.fanout;

import static io.waybill.fanout.Samples.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.Payload;
import io.waybill.domain.SealedPayload;
import org.junit.jupiter.api.Test;

class ContentHashTest {
  private final ContentHash hash = ContentHash.of(request("a", "b").build());

  @Test
  void isTheSameForTheSameContent() {
    assertThat(ContentHash.of(request("a", "b").build())).isEqualTo(hash);
    assertThat(ContentHash.of(request("b", "a").build())).as("a set").isEqualTo(hash);
    assertThat(
            ContentHash.of(request("a", "b").id(DeliveryId.random()).key("k").priority(9).build()))
        .as("options are not content")
        .isEqualTo(hash);
  }

  @Test
  void differsWithEveryPart() {
    assertThat(ContentHash.of(request("a", "c").build())).isNotEqualTo(hash);
    assertThat(ContentHash.of(request("a").build())).isNotEqualTo(hash);
    assertThat(ContentHash.of(request("ab").build())).isNotEqualTo(hash);
    assertThat(ContentHash.of(request().build()))
        .as("the defaults are not a destination of that name")
        .isNotEqualTo(ContentHash.of(request("default").build()));
    assertThat(ContentHash.of(request("a", "b").data("{\"n\":1.1}").build()))
        .as("byte for byte")
        .isNotEqualTo(hash);
    assertThat(ContentHash.of(request("a", "b").metadata("{}").build())).isNotEqualTo(hash);
  }

  @Test
  void aSealedPayloadIsTheSameByItsHmac() {
    ContentHash sealed = ContentHash.of(sealed("0a", 1));
    assertThat(ContentHash.of(sealed("0a", 2))).as("another ciphertext").isEqualTo(sealed);
    assertThat(ContentHash.of(sealed("0b", 1))).isNotEqualTo(sealed);
  }

  private static DeliveryRequest sealed(String hmac, int seed) {
    byte[] ciphertext = new byte[64];
    ciphertext[0] = (byte) seed;
    DeliveryRequest request = request("a").build();
    return new DeliveryRequest(
        request.deliveryId(),
        request.organizationId(),
        request.destinations(),
        Payload.sealed("report", new SealedPayload("7", hmac.repeat(32), ciphertext)),
        request.options());
  }

  @Test
  void noByteMovesFromOnePartToTheNext() {
    assertThat(ContentHash.of(request("a").data("1").metadata("{}").build()))
        .isNotEqualTo(ContentHash.of(request("a").data("1{").metadata("}").build()));
  }
}
