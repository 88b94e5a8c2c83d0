package io.waybill.secrets;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.WebhookConfig;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Configurations of which only the place counts that they send credentials to. */
final class Places {
  /** Where everything goes that says nothing else. */
  static final DestinationConfig HERE = at("https://hooks.example.com/in");

  private Places() {}

  static DestinationConfig at(String url) {
    return new WebhookConfig(
        URI.create(url),
        "POST",
        List.of(),
        Duration.ofSeconds(30),
        Optional.empty(),
        WebhookConfig.Body.DATA);
  }
}
