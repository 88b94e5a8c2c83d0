package io.waybill.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenessTest {
  @Test
  void percentilesAreOfWhatWasSeen() {
    Lateness lateness = new Lateness();
    for (int millis = 1; millis <= 100; millis++) {
      lateness.add(millis);
    }
    assertThat(lateness.percentile(50)).isEqualTo(50);
    assertThat(lateness.percentile(99)).isEqualTo(99);
    assertThat(lateness.percentile(100)).isEqualTo(100);
    assertThat(lateness.early()).isZero();
  }

  @Test
  void whatIsEarlyIsCountedAndIsNoNegativeLateness() {
    Lateness lateness = new Lateness();
    lateness.add(-5);
    lateness.add(20);
    lateness.add(1_000_000);
    assertThat(lateness.early()).isEqualTo(1);
    assertThat(lateness.count()).isEqualTo(3);
    assertThat(lateness.percentile(1)).isZero();
    assertThat(lateness.percentile(100)).isEqualTo(600_000);
  }
}
