package io.waybill.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What ends in a log or an error by way of {@code toString}. */
class SafeToShowTest {

  @Test
  void aRequestShowsNeitherItsPayloadNorItsIdempotencyKey() {
    var options =
        new DeliveryOptions(
            7,
            Optional.of("secret-key"),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty());
    var payload =
        new Payload("report", RawJson.of("\"secret-data\""), RawJson.of("{\"secret\":1}"));

    assertThat(options + " " + payload).contains("priority=7", "report").doesNotContain("secret");
  }

  @Test
  void aWebhookShowsOnlyTheHostOfItsUrl() {
    var config =
        new WebhookConfig(
            URI.create("https://siem.example.com/secret-path?token=secret"),
            "POST",
            List.of("Authorization"),
            WebhookConfig.DEFAULT_TIMEOUT,
            Optional.empty(),
            WebhookConfig.Body.DATA);

    assertThat(config)
        .asString()
        .contains("siem.example.com", "Authorization")
        .doesNotContain("secret");
  }
}
