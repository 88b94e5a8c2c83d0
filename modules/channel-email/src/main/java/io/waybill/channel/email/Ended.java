package io.waybill.channel.email;

/** The attempt ends before its last recipient; an outcome, not an error of anybody's program. */
final class Ended extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Failure failure;
  private final boolean forGood;

  Ended(Failure failure) {
    this(failure, false);
  }

  /**
   * An end.
   *
   * @param forGood whether another try would end the same way
   */
  Ended(Failure failure, boolean forGood) {
    super(failure.message(), null, false, false);
    this.failure = failure;
    this.forGood = forGood;
  }

  Failure failure() {
    return failure;
  }

  boolean isForGood() {
    return forGood;
  }
}
