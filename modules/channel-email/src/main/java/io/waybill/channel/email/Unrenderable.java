package io.waybill.channel.email;

import io.waybill.domain.Reason;

/** Why a payload and a destination's templates make no mail. Unchecked: it crosses the library. */
final class Unrenderable extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final String words;

  /**
   * A reason to give up.
   *
   * @param words for the destination's owner; names of fields, never their values
   */
  Unrenderable(Reason reason, String words) {
    super(words, null, false, false);
    this.reason = reason;
    this.words = words;
  }

  Reason reason() {
    return reason;
  }

  String words() {
    return words;
  }
}
