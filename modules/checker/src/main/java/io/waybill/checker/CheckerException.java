package io.waybill.checker;

/** Nothing can be judged; the message says what is missing, where, and what to do. */
public final class CheckerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CheckerException(String message) {
    super(message);
  }

  CheckerException(String message, Throwable cause) {
    super(message, cause);
  }
}
