package io.waybill.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WebhookDeduplicatorTest {
  private Instant now = Instant.parse("2026-03-01T10:00:00Z");
  private final WebhookDeduplicator seen =
      new WebhookDeduplicator(Duration.ofMinutes(10), 3, () -> now);

  @Test
  void anIdIsFirstOnce() {
    assertThat(seen.isFirst("a")).isTrue();
    assertThat(seen.isFirst("a")).isFalse();
    assertThat(seen.isFirst("b")).isTrue();
    assertThat(seen.isFirst("a")).isFalse();
  }

  @Test
  void anIdIsForgottenAfterTheWindow() {
    seen.isFirst("a");

    now = now.plus(Duration.ofMinutes(10)).minusMillis(1);
    assertThat(seen.isFirst("a")).isFalse();
    now = now.plusMillis(1);
    assertThat(seen.isFirst("a")).isTrue();
  }

  @Test
  void ofTooManyTheOldestIsForgotten() {
    for (String id : new String[] {"a", "b", "c", "d"}) {
      assertThat(seen.isFirst(id)).isTrue();
    }

    assertThat(seen.isFirst("b")).isFalse();
    assertThat(seen.isFirst("d")).isFalse();
    assertThat(seen.isFirst("a")).isTrue();
  }

  @Test
  void whatFailedMayComeAgain() {
    seen.isFirst("a");
    seen.forget("a");

    assertThat(seen.isFirst("a")).isTrue();
  }

  @Test
  void oneOfManyThreadsHearsYes() throws Exception {
    AtomicInteger firsts = new AtomicInteger();
    CountDownLatch together = new CountDownLatch(1);
    Thread[] threads = new Thread[8];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  together.await();
                } catch (InterruptedException e) {
                  return;
                }
                if (seen.isFirst("a")) {
                  firsts.incrementAndGet();
                }
              });
    }
    together.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(firsts).hasValue(1);
  }

  @Test
  void wantsAWindowAndRoom() {
    assertThatThrownBy(() -> new WebhookDeduplicator(Duration.ZERO, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new WebhookDeduplicator(Duration.ofHours(1), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
