package io.waybill.app.cli;

import org.jspecify.annotations.Nullable;

/**
 * Ends a command with a message for its user and an exit code. The message says what, where, why
 * and what to do, and holds no payload and no credential.
 */
public final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CliException(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** Ends with {@link ExitCodes#FAILED}. */
  public static CliException failed(String message) {
    return new CliException(ExitCodes.FAILED, message, null);
  }

  /** Ends with {@link ExitCodes#FAILED}. */
  public static CliException failed(String message, Throwable cause) {
    return new CliException(ExitCodes.FAILED, message, cause);
  }

  /** Ends with {@link ExitCodes#USAGE}. */
  public static CliException usage(String message) {
    return new CliException(ExitCodes.USAGE, message, null);
  }

  /** Ends with {@link ExitCodes#USAGE}. */
  public static CliException usage(String message, Throwable cause) {
    return new CliException(ExitCodes.USAGE, message, cause);
  }

  /** Ends with {@link ExitCodes#UNREACHABLE}. */
  public static CliException unreachable(String message, Throwable cause) {
    return new CliException(ExitCodes.UNREACHABLE, message, cause);
  }

  /** One of {@link ExitCodes}. */
  public int exitCode() {
    return exitCode;
  }
}
