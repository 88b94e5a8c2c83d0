package io.waybill.client.plan;

/**
 * What is wished for cannot be planned, and nothing has been published. The message says what is
 * wrong and what to do, and holds no credential.
 */
public final class PlanException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PlanException(String message) {
    super(message);
  }
}
