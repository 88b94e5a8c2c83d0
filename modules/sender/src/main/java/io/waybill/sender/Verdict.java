package io.waybill.sender;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.util.EnumSet;
import java.util.Set;

/** What an attempt says about its destination. */
enum Verdict {
  /** It answered. */
  GOOD,
  /** It does not do its work now. */
  BAD,
  /** Nothing: there was no attempt, or what went wrong is ours. */
  NONE;

  private static final Set<Reason> OURS =
      EnumSet.of(
          Reason.KEY_UNAVAILABLE,
          Reason.DEPENDENCY_UNAVAILABLE,
          Reason.EGRESS_UNAVAILABLE,
          Reason.CHANNEL_ERROR);

  /** Those who refuse a task have answered, and answer others. */
  private static final Set<Reason> ANSWERS =
      EnumSet.of(
          Reason.HTTP_PERMANENT,
          Reason.GONE,
          Reason.REDIRECT_REFUSED,
          Reason.SMTP_PERMANENT,
          Reason.STORAGE_PERMANENT,
          Reason.STORAGE_CONFLICT);

  static Verdict of(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered _ -> GOOD;
      // A mail server that puts one recipient off and takes another does its work.
      case Outcome.Transient(var reason, _, _, _, var done)
          when reason == Reason.SMTP_TRANSIENT && !done.isEmpty() ->
          GOOD;
      case Outcome.Transient failed -> OURS.contains(failed.reason()) ? NONE : BAD;
      case Outcome.Permanent failed -> ANSWERS.contains(failed.reason()) ? GOOD : NONE;
    };
  }
}
