package io.waybill.sender;

import io.waybill.domain.Blame;
import io.waybill.domain.Outcome;

/** What an attempt says about its destination. */
enum Verdict {
  /** It answered. */
  GOOD,
  /** It does not do its work now. */
  BAD,
  /** It does not take the credentials: the next attempt may lock the account. */
  REFUSED,
  /** Nothing: there was no attempt, or what went wrong is ours. */
  NONE;

  static Verdict of(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered _ -> GOOD;
      case Outcome.Transient failed -> of(Blame.ofTransient(failed.reason(), failed.doneParts()));
      case Outcome.Permanent failed -> of(Blame.ofPermanent(failed.reason()));
    };
  }

  private static Verdict of(Blame blame) {
    return switch (blame) {
      case ANSWERED -> GOOD;
      case FAILING -> BAD;
      case REFUSING -> REFUSED;
      case NOTHING -> NONE;
    };
  }
}
