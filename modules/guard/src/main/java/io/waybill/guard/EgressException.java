package io.waybill.guard;

import java.io.IOException;

/**
 * The operator's proxy did not let a connection out. Says nothing about the destination, which was
 * not reached.
 */
public final class EgressException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * A refusal.
   *
   * @param message in our words; shown to tenants, so it does not name the proxy
   */
  public EgressException(String message) {
    super(message);
  }

  /** A refusal in HTTP. */
  public static EgressException answered(int status) {
    return new EgressException(
        "the operator's egress proxy answered "
            + status
            + switch (status) {
              case 407 -> ": it wants a log-in, or another one; the operator sets it";
              case 403 -> ": it does not let this destination through";
              case 502, 503, 504 -> ": it did not reach the destination";
              default -> "";
            });
  }

  /** It could not be reached itself. */
  public static EgressException unreachable() {
    return new EgressException("the operator's egress proxy cannot be reached");
  }
}
