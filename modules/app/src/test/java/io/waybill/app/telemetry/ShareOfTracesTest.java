package io.waybill.app.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShareOfTracesTest {
  private static final int IDS = 20_000;

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.01, 0.1, 0.5, 0.9, 1})
  void keepsThatShareOfTracesThatBeginWithADelivery(double share) {
    Random random = new Random(7);
    Stream<UUID> ids = Stream.generate(() -> random(random)).limit(IDS);

    assertThat(keptOf(share, ids)).isCloseTo(share * IDS, within(0.02 * IDS));
  }

  @Test
  void alsoOfIdsThatCountUp() {
    // As of version 7, within a moment: a time, then a counter.
    Stream<UUID> ids =
        IntStream.range(0, IDS).mapToObj(i -> new UUID(0x0199_0000_0000_7000L + i, 1L << 63 | i));

    assertThat(keptOf(0.1, ids)).isCloseTo(0.1 * IDS, within(0.02 * IDS));
  }

  /** A sender decides by the delivery, a collector's sampler by the trace it is made of. */
  @Test
  void aDeliveryIsKeptWhenItsTraceIs() {
    Random random = new Random(11);
    ShareOfTraces sampler = new ShareOfTraces(0.5);

    assertThat(Stream.generate(() -> random(random)).limit(1_000))
        .allSatisfy(id ->
            assertThat(sampler.isKept(id))
                .isEqualTo(sampler.isKept(id.toString().replace("-", ""))));
  }

  private static double keptOf(double share, Stream<UUID> ids) {
    ShareOfTraces sampler = new ShareOfTraces(share);
    return ids.filter(id -> sampler.isKept(id.toString().replace("-", ""))).count();
  }

  /** Of version 4. */
  private static UUID random(Random random) {
    return new UUID(random.nextLong() & ~0xf000L | 0x4000L, random.nextLong() >>> 2 | 1L << 63);
  }
}
