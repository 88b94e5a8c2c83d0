package io.waybill.channel.webhook;

import io.waybill.domain.Reason;

/** A destination that can be sent to, or why not. */
sealed interface Prepared {

  /** Can be sent to. */
  record Ready(Target target) implements Prepared {}

  /** Another try may find what is missing. */
  record NotNow(Reason reason, String message) implements Prepared {}

  /** The destination cannot be sent to as it is configured. */
  record Never(Reason reason, String message) implements Prepared {}
}
