package io.waybill.app.cli;

/** What {@code waybill} ends with: public API. */
public final class ExitCodes {
  private ExitCodes() {}

  /** Done. */
  public static final int OK = 0;

  /** What was asked for did not come about: refused, not found, failed, or not in time. */
  public static final int FAILED = 1;

  /** The command line or a file that it names is wrong; nothing was published. */
  public static final int USAGE = 2;

  /** Kafka or the schema registry cannot be reached or does not let this client in. */
  public static final int UNREACHABLE = 3;
}
