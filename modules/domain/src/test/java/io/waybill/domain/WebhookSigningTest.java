package io.waybill.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.WebhookSigning.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WebhookSigningTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private static Key key(int number) {
    return Key.current(number, SigningAlgorithm.V1, Optional.empty());
  }

  private static Key ending(int number, Instant end) {
    return new Key(number, SigningAlgorithm.V1, Optional.empty(), Optional.of(end));
  }

  @Test
  void aRotationGivesTheKeyBeforeAnEnd() {
    WebhookSigning rotated = WebhookSigning.of(key(1)).rotatedTo(key(2), NOW, DAY);

    assertThat(rotated.keys()).containsExactly(key(2), ending(1, NOW.plus(DAY)));
    assertThat(rotated.current()).isEqualTo(key(2));
    assertThat(rotated.nextNumber()).isEqualTo(3);
    assertThat(rotated.credentialNames())
        .containsExactly("webhook.signing.secrets.2", "webhook.signing.secrets.1");
  }

  @Test
  void anEarlierKeyKeepsItsEndAndAnEndedOneGoes() {
    WebhookSigning twice =
        WebhookSigning.of(key(1))
            .rotatedTo(key(2), NOW, DAY)
            .rotatedTo(key(3), NOW.plusSeconds(60), Duration.ofHours(1));

    assertThat(twice.keys())
        .containsExactly(key(3), ending(2, NOW.plusSeconds(3660)), ending(1, NOW.plus(DAY)));
    assertThat(twice.rotatedTo(key(4), NOW.plus(DAY), DAY).keys())
        .extracting(Key::number)
        .containsExactly(4, 3);
  }

  @Test
  void anOverlapOfNothingEndsAllBefore() {
    WebhookSigning rotated =
        WebhookSigning.of(key(1)).rotatedTo(key(2), NOW, DAY).rotatedTo(key(3), NOW, Duration.ZERO);

    assertThat(rotated.keys()).containsExactly(key(3));
  }

  @Test
  void signsUntilItsEndAndNotAtIt() {
    assertThat(ending(1, NOW).signsAt(NOW.minusMillis(1))).isTrue();
    assertThat(ending(1, NOW).signsAt(NOW)).isFalse();
    assertThat(key(1).signsAt(Instant.MAX)).isTrue();
  }

  @Test
  void namesWhatIsWrong() {
    assertThat(check(key(1))).isEmpty();
    assertThat(check(key(2), ending(1, NOW))).isEmpty();
    assertThat(check()).isNotEmpty();
    assertThat(check(ending(1, NOW))).isNotEmpty();
    assertThat(check(key(1), key(2))).isNotEmpty();
    assertThat(check(key(1), ending(1, NOW))).isNotEmpty();
    assertThat(check(key(0))).isNotEmpty();
    assertThat(check(Key.current(1, SigningAlgorithm.V1A, Optional.of("whsk_private"))))
        .isNotEmpty();
    assertThat(
            check(
                Key.current(
                    1,
                    SigningAlgorithm.V1,
                    Optional.of("whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="))))
        .isNotEmpty();
    Key[] six =
        IntStream.rangeClosed(1, 6)
            .mapToObj(number -> number == 1 ? key(1) : ending(number, NOW))
            .toArray(Key[]::new);
    assertThat(check(six)).hasSize(1);
  }

  private static List<FieldError> check(Key... keys) {
    return SigningRules.check(
        new WebhookSigning(List.of(keys), WebhookSigning.DEFAULT_OVERLAP), List.of());
  }
}
