package io.waybill.client;

import org.jspecify.annotations.Nullable;

/**
 * Something could not be done. The message says what, where, why and what to do, and holds no
 * payload and no credential. Its subclasses are what programs tell apart; anything else is a
 * failure of Kafka or of the registry, which stands in {@link #getCause}.
 */
public sealed class WaybillException extends RuntimeException
    permits RefusedException, NotFoundException, NoAnswerException {
  private static final long serialVersionUID = 1L;

  WaybillException(String message) {
    super(message);
  }

  WaybillException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
