package io.waybill.domain;

import java.time.Duration;

/** The non-secret configuration of one destination, by type. Email and storage join later. */
public sealed interface DestinationConfig permits WebhookConfig {
  /** The type that this configures. */
  DestinationType type();

  /** The longest that one attempt may take. */
  Duration timeout();

  /** When its tasks are tried again, given the service's own policy. */
  RetryPolicy retryPolicy(RetryPolicy defaults);
}
