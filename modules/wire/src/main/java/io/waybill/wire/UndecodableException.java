package io.waybill.wire;

import io.waybill.domain.Reason;

/**
 * A record's bytes cannot be read, and reading them again would not help. The message is safe to
 * store: it holds nothing of the payload.
 */
public final class UndecodableException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  public UndecodableException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** {@link Reason#MALFORMED} or {@link Reason#UNKNOWN_SCHEMA}. */
  public Reason reason() {
    return reason;
  }
}
