package io.waybill.destinations;

import static io.waybill.destinations.Samples.NOW;
import static io.waybill.destinations.Samples.command;
import static io.waybill.destinations.Samples.config;
import static io.waybill.destinations.Samples.create;
import static io.waybill.destinations.Samples.sealed;
import static io.waybill.destinations.Samples.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.FieldError;
import io.waybill.domain.SealedField;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookSigning;
import io.waybill.domain.WebhookSigning.Key;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of signing keys when a destination is created and changed. */
class SigningDecisionsTest extends DecisionsFixture {
  private static final WebhookSigning ONE =
      WebhookSigning.of(Key.current(1, SigningAlgorithm.V1, Optional.empty()));

  private static WebhookConfig signed(WebhookSigning signing) {
    return config("X-Api-Key").withSigning(Optional.of(signing));
  }

  private static SealedField secret(int number) {
    return new SealedField(
        "webhook.signing.secrets." + number,
        ("sealed " + number).getBytes(StandardCharsets.UTF_8),
        "00000000000" + number);
  }

  @Test
  void aSignedDestinationNeedsItsSealedSecret() {
    List<SealedField> header = List.of(sealed("x-api-key", "first"));

    Decision without = decide(command(create("reports", signed(ONE), header)), Optional.empty());
    Decision with =
        decide(
            command(create("reports", signed(ONE), List.of(header.getFirst(), secret(1)))),
            Optional.empty());

    assertThat(refused(without).errors())
        .singleElement()
        .extracting(FieldError::message)
        .asString()
        .contains("webhook.signing.secrets.1");
    assertThat(changed(with).secrets()).containsExactly(header.getFirst(), secret(1));
  }

  @Test
  void aRotationNeedsTheNewSecretOnlyAndKeepsTheOldSeal() {
    Registered before = existing(signed(ONE), List.of(sealed("x-api-key", "first"), secret(1)));
    WebhookSigning rotated =
        ONE.rotatedTo(
            Key.current(2, SigningAlgorithm.V1, Optional.empty()), NOW, Duration.ofHours(1));

    Decision.Changed changed =
        changed(
            decide(
                command(update("reports", signed(rotated), List.of(secret(2)))),
                Optional.of(before)));

    assertThat(changed.secrets())
        .containsExactly(sealed("x-api-key", "first"), secret(2), secret(1));
    assertThat(changed.details()).containsEntry("changed", "config.webhook.signing,secrets");
  }

  @Test
  void anEndedKeyTakesItsSecretAlong() {
    WebhookSigning two =
        ONE.rotatedTo(
            Key.current(2, SigningAlgorithm.V1, Optional.empty()), NOW, Duration.ofHours(1));
    Registered before =
        existing(signed(two), List.of(sealed("x-api-key", "first"), secret(2), secret(1)));
    WebhookSigning alone = WebhookSigning.of(Key.current(2, SigningAlgorithm.V1, Optional.empty()));

    Decision.Changed changed =
        changed(decide(command(update("reports", signed(alone), List.of())), Optional.of(before)));

    assertThat(changed.secrets()).containsExactly(sealed("x-api-key", "first"), secret(2));
  }

  @Test
  void aMillionKeysAreRefusedInOneLine() {
    List<Key> many =
        IntStream.rangeClosed(1, 100_000)
            .mapToObj(number -> Key.current(number, SigningAlgorithm.V1, Optional.empty()))
            .toList();
    WebhookConfig hostile = signed(new WebhookSigning(many, Duration.ZERO));

    Decision decision =
        decide(
            command(create("reports", hostile, List.of(sealed("x-api-key", "first")))),
            Optional.empty());

    assertThat(refused(decision).errors()).hasSize(1);
  }
}
