package io.waybill.channel;

/** What may be logged of an exception that came while a payload or a credential was at hand. */
public final class Bugs {
  /** Chains are short; the limit is for one that bites its tail. */
  private static final int MOST_CAUSES = 10;

  private Bugs() {}

  /**
   * The same exception and its causes, types and places only: what they say may quote a header or a
   * payload.
   */
  public static Throwable withoutMessages(Throwable bug) {
    return withoutMessages(bug, MOST_CAUSES);
  }

  private static Throwable withoutMessages(Throwable bug, int causes) {
    Throwable place = new Throwable(bug.getClass().getName());
    place.setStackTrace(bug.getStackTrace());
    Throwable cause = bug.getCause();
    if (cause != null && causes > 0) {
      place.initCause(withoutMessages(cause, causes - 1));
    }
    return place;
  }
}
