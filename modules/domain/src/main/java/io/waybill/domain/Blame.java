package io.waybill.domain;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a failed attempt says about its destination. Senders ask it of outcomes, the status topology
 * of events, so that both count the same failures.
 */
public enum Blame {
  /** It answered: who refuses a task has done its work, and takes others. */
  ANSWERED,
  /** It does not do its work now. */
  FAILING,
  /** It does not take who sends, whatever he sends: to go on trying may lock his account. */
  REFUSING,
  /** Nothing: what went wrong is ours, or lies in the task. */
  NOTHING;

  private static final Set<Reason> OURS =
      EnumSet.of(
          Reason.KEY_UNAVAILABLE,
          Reason.DEPENDENCY_UNAVAILABLE,
          Reason.EGRESS_UNAVAILABLE,
          Reason.CHANNEL_ERROR);

  private static final Set<Reason> IN_THE_TASK =
      EnumSet.of(
          Reason.PAYLOAD_KEY_DESTROYED,
          Reason.INTEGRITY,
          Reason.MALFORMED,
          Reason.TEMPLATE_FIELD_MISSING,
          Reason.TEMPLATE_HEADER_INJECTION,
          Reason.RENDERED_TOO_LARGE,
          Reason.TYPE_MISMATCH,
          Reason.UNKNOWN);

  private static final Set<Reason> ANSWERS =
      EnumSet.of(
          Reason.HTTP_PERMANENT,
          Reason.GONE,
          Reason.REDIRECT_REFUSED,
          Reason.SMTP_PERMANENT,
          Reason.STORAGE_PERMANENT,
          Reason.STORAGE_CONFLICT);

  /** Reasons that only a destination gives, or its absence. */
  private static final Set<Reason> OUTAGES =
      EnumSet.of(
          Reason.HTTP_TRANSIENT,
          Reason.SMTP_TRANSIENT,
          Reason.STORAGE_TRANSIENT,
          Reason.CREDENTIALS_REFUSED,
          Reason.PROTOCOL_ERROR,
          Reason.TIMEOUT,
          Reason.DNS_FAILURE,
          Reason.CONNECTION_REFUSED,
          Reason.CONNECTION_LOST,
          Reason.TLS_FAILURE);

  /**
   * Whether a failure is Waybill's own, its surroundings', or lies in the task, of which nothing
   * was sent: whatever the destination does.
   */
  public static boolean saysNothing(Reason reason) {
    return OURS.contains(reason) || IN_THE_TASK.contains(reason);
  }

  /** Of a failure that another try may change. */
  public static Blame ofTransient(Reason reason, List<String> doneParts) {
    if (reason == Reason.SMTP_TRANSIENT && !doneParts.isEmpty()) {
      // A mail server that puts one recipient off and takes another does its work.
      return ANSWERED;
    }
    if (reason == Reason.CREDENTIALS_REFUSED) {
      return REFUSING;
    }
    return OURS.contains(reason) ? NOTHING : FAILING;
  }

  /** Of a failure that no other try will change. */
  public static Blame ofPermanent(Reason reason) {
    if (reason == Reason.CREDENTIALS_REFUSED) {
      return REFUSING;
    }
    return ANSWERS.contains(reason) ? ANSWERED : NOTHING;
  }

  /** Of a task's last attempt, when it is not told whether another might have succeeded. */
  public static Blame ofLast(Reason reason, List<String> doneParts) {
    return OUTAGES.contains(reason) ? ofTransient(reason, doneParts) : ofPermanent(reason);
  }
}
