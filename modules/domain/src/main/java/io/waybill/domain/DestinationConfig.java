package io.waybill.domain;

/** The non-secret configuration of one destination, by type. Email and storage join later. */
public sealed interface DestinationConfig permits WebhookConfig {
  /** The type that this configures. */
  DestinationType type();

  /** When its tasks are tried again, given the service's own policy. */
  RetryPolicy retryPolicy(RetryPolicy defaults);
}
