package io.waybill.channel.storage;

/** A clean-up cannot begin or go on. Its message is for operators and tells no secret. */
public final class CleanUpException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CleanUpException(String message) {
    super(message);
  }
}
