package io.waybill.domain;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How an attempt ended. A value, never an exception: expected failures are part of the work. */
public sealed interface Outcome {

  /** How long the attempt took. */
  Duration took();

  /**
   * The destination has it.
   *
   * @param answer what it answered, in a word: {@code 200}
   * @param externalReference the receiver's own name for it, when it gave one
   */
  record Delivered(String answer, Optional<String> externalReference, Duration took)
      implements Outcome {}

  /**
   * Another try may succeed.
   *
   * @param message our own words; never a byte of a remote answer, which could echo a credential
   * @param retryAfter not before this long from now, when the receiver asked for it
   * @param doneParts what this attempt got done all the same, for {@link Task#doneParts}
   */
  record Transient(
      Reason reason,
      String message,
      Optional<Duration> retryAfter,
      Duration took,
      List<String> doneParts)
      implements Outcome {
    public Transient {
      doneParts = List.copyOf(doneParts);
    }

    /** Nothing got done. */
    public Transient(Reason reason, String message, Optional<Duration> retryAfter, Duration took) {
      this(reason, message, retryAfter, took, List.of());
    }
  }

  /**
   * Another try would end the same way.
   *
   * @param message our own words, as in {@link Transient}
   * @param doneParts as in {@link Transient}; a replay of the dead letter leaves them alone
   */
  record Permanent(Reason reason, String message, Duration took, List<String> doneParts)
      implements Outcome {
    public Permanent {
      doneParts = List.copyOf(doneParts);
    }

    /** Nothing got done. */
    public Permanent(Reason reason, String message, Duration took) {
      this(reason, message, took, List.of());
    }
  }
}
