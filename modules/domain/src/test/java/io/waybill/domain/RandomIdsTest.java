package io.waybill.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomIdsTest {
  private static final int MANY = 10_000;

  @Test
  void areVersionFourAndAllDifferent() {
    RandomIds ids = new RandomIds();
    Set<UUID> seen = new HashSet<>();
    for (int i = 0; i < MANY; i++) {
      UUID id = ids.next();
      assertThat(id.version()).isEqualTo(4);
      assertThat(id.variant()).isEqualTo(2);
      seen.add(id);
    }
    assertThat(seen).hasSize(MANY);
  }

  @Test
  void areDifferentBetweenThreads() {
    RandomIds ids = new RandomIds();

    long different =
        IntStream.range(0, MANY).parallel().mapToObj(i -> ids.next()).distinct().count();

    assertThat(different).isEqualTo(MANY);
  }

  /** Each of the 122 bits that are chance is 1 about every other time. */
  @Test
  void leaveNoBitOut() {
    RandomIds ids = new RandomIds();
    int[] ones = new int[128];
    for (int i = 0; i < MANY; i++) {
      UUID id = ids.next();
      for (int bit = 0; bit < 64; bit++) {
        ones[bit] += (int) ((id.getMostSignificantBits() >>> bit) & 1);
        ones[64 + bit] += (int) ((id.getLeastSignificantBits() >>> bit) & 1);
      }
    }
    long fixed = IntStream.of(ones).filter(n -> n == 0 || n == MANY).count();
    assertThat(fixed).isEqualTo(6);
    assertThat(IntStream.of(ones).filter(n -> n != 0 && n != MANY))
        .allSatisfy(n -> assertThat(n).isBetween(MANY * 4 / 10, MANY * 6 / 10));
  }
}
