package io.waybill.channel.email;

import io.waybill.domain.Reason;
import java.time.Duration;
import java.util.Optional;

/** The turns of {@link LogIns}, for attempts that can do nothing without. */
final class Turns {
  private Turns() {}

  /**
   * Waits for leave to show the credentials.
   *
   * @throws Ended when there is none
   */
  static LogIns.Turn.Granted granted(
      LogIns logIns, LogIns.Account account, String host, Duration patience) throws Ended {
    try {
      return switch (logIns.turn(account, patience)) {
        case LogIns.Turn.Granted granted -> granted;
        case LogIns.Turn.Pause(Duration left) -> throw new Ended(pause(host, left));
        case LogIns.Turn.TooLate _ -> throw new Ended(tooLate(host));
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Way.stopped();
    }
  }

  static Failure pause(String host, Duration left) {
    return new Failure(
        Reason.CREDENTIALS_REFUSED,
        host
            + " refused the credentials a moment ago; they are not tried again so soon, lest the"
            + " account be locked: update the destination with the right ones",
        Optional.of(left));
  }

  static Failure tooLate(String host) {
    return new Failure(
        Reason.TIMEOUT,
        host + " has not answered the log-ins of others yet, for which this one waits");
  }
}
