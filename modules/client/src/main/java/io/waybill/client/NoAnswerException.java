package io.waybill.client;

import io.waybill.domain.DeliveryStatus;
import java.util.Optional;

/**
 * The time was over before it was known what came of it. What was asked for is published, and will
 * be done when Waybill runs.
 */
public final class NoAnswerException extends WaybillException {
  private static final long serialVersionUID = 1L;

  private final transient Optional<DeliveryStatus> lastStatus;

  NoAnswerException(String message, Optional<DeliveryStatus> lastStatus) {
    super(message);
    this.lastStatus = lastStatus;
  }

  /** Where the delivery that was waited for stood last, when that is known. */
  public Optional<DeliveryStatus> lastStatus() {
    return lastStatus;
  }
}
