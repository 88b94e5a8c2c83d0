package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.RawJson;
import io.waybill.domain.RecordOrigin;
import org.junit.jupiter.api.Test;

class PayloadCacheTest {
  private final PayloadCache cache = new PayloadCache(10);

  private static RecordOrigin at(long offset) {
    return new RecordOrigin("waybill.requests", 0, offset);
  }

  @Test
  void dropsWhatWasUsedLongestAgoWhenItsBytesAreUsedUp() {
    cache.put(at(1), RawJson.of("1111"));
    cache.put(at(2), RawJson.of("2222"));
    assertThat(cache.get(at(1))).isPresent();
    cache.put(at(3), RawJson.of("3333"));
    assertThat(cache.get(at(2))).isEmpty();
    assertThat(cache.get(at(1))).contains(RawJson.of("1111"));
    assertThat(cache.get(at(3))).isPresent();
    assertThat(cache.bytes()).isEqualTo(8);
  }

  @Test
  void doesNotEmptyItselfForWhatIsTooLarge() {
    cache.put(at(1), RawJson.of("1111"));
    cache.put(at(2), RawJson.of("22222222222"));
    assertThat(cache.get(at(2))).isEmpty();
    assertThat(cache.get(at(1))).isPresent();
  }

  @Test
  void countsAReplacementOnce() {
    cache.put(at(1), RawJson.of("1111"));
    cache.put(at(1), RawJson.of("11"));
    assertThat(cache.bytes()).isEqualTo(2);
  }
}
