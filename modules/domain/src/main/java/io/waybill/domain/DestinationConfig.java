package io.waybill.domain;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The non-secret configuration of one destination, by type. */
public sealed interface DestinationConfig permits WebhookConfig, EmailConfig, StorageConfig {
  /** The type that this configures. */
  DestinationType type();

  /** The longest that one attempt may take. */
  Duration timeout();

  /** The destination's own policy, if it has one. */
  Optional<RetryConfig> retry();

  /**
   * Names of the credentials that belong to it, as they are sealed: {@code
   * webhook.headers.authorization}. With {@code config.} before it a name is the path of the field
   * in JSON, case aside.
   */
  List<String> credentialNames();

  /**
   * Where its credentials go: protocol, host and port of whoever gets them, host in lower case, the
   * port also where it is the protocol's own. What was sealed for one such place is not sent to
   * another: who changes it gives the credentials again.
   *
   * <p>Seals are bound to this text, so its form is kept as long as they are.
   */
  String credentialsGoTo();

  /**
   * When its tasks are tried again.
   *
   * @param defaults the service's own policy
   * @param breakerReset how long an open breaker stays open
   */
  default RetryPolicy retryPolicy(RetryPolicy defaults, Duration breakerReset) {
    return retry()
        .map(own ->
            RetryPolicy.limited(
                own.maxRetries(),
                own.baseDelay(),
                own.backoffMultiplier(),
                own.maxBackoffDelay(),
                defaults.jitterFactor(),
                timeout(),
                breakerReset))
        .orElse(defaults);
  }
}
