package io.waybill.client;

/**
 * A request that must not be believed: answer 401 and do nothing. Its message says why, for a log;
 * it repeats nothing of the request, which anybody may have written.
 */
public final class WebhookVerificationException extends Exception {
  private static final long serialVersionUID = 1L;

  WebhookVerificationException(String message) {
    super(message);
  }
}
