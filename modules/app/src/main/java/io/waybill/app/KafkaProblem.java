package io.waybill.app;

/** Kafka did not do what was asked of it; the message tells an operator what and why. */
public final class KafkaProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KafkaProblem(String message, Throwable cause) {
    super(message, cause);
  }
}
