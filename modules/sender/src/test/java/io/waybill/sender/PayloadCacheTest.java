package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.RecordOrigin;
import org.junit.jupiter.api.Test;

class PayloadCacheTest {
  private final PayloadCache cache = new PayloadCache(10);

  private static RecordOrigin at(long offset) {
    return new RecordOrigin("waybill.requests", 0, offset);
  }

  /** As many bytes as the text is long, two of them metadata. */
  private static Payload payload(String text) {
    return new Payload("report", RawJson.of(text.substring(2)), RawJson.EMPTY_OBJECT);
  }

  @Test
  void dropsWhatWasUsedLongestAgoWhenItsBytesAreUsedUp() {
    cache.put(at(1), payload("1111"));
    cache.put(at(2), payload("2222"));
    assertThat(cache.get(at(1))).isPresent();
    cache.put(at(3), payload("3333"));
    assertThat(cache.get(at(2))).isEmpty();
    assertThat(cache.get(at(1))).contains(payload("1111"));
    assertThat(cache.get(at(3))).isPresent();
    assertThat(cache.bytes()).isEqualTo(8);
  }

  @Test
  void doesNotEmptyItselfForWhatIsTooLarge() {
    cache.put(at(1), payload("1111"));
    cache.put(at(2), payload("22222222222"));
    assertThat(cache.get(at(2))).isEmpty();
    assertThat(cache.get(at(1))).isPresent();
  }

  @Test
  void countsAReplacementOnce() {
    cache.put(at(1), payload("1111"));
    cache.put(at(1), payload("111"));
    assertThat(cache.bytes()).isEqualTo(3);
  }
}
