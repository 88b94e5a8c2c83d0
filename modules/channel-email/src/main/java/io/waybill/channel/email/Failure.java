package io.waybill.channel.email;

import io.waybill.domain.Reason;
import java.time.Duration;
import java.util.Optional;

/**
 * Why recipients did not get their mail this time; another try may succeed.
 *
 * @param message our own words
 * @param retryAfter not before this long from now
 */
record Failure(Reason reason, String message, Optional<Duration> retryAfter) {
  Failure(Reason reason, String message) {
    this(reason, message, Optional.empty());
  }
}
