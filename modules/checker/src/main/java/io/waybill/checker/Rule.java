package io.waybill.checker;

/** What must not be found. */
public enum Rule {
  LOST("accepted or acknowledged, and ended in nothing"),
  FALSE_DELIVERED("said to be delivered, and nobody received it"),
  PHANTOM("came into being without having been submitted"),
  FANOUT_DUP("one request made a task twice"),
  RECORDED_TWICE("one attempt's end, one retry or one dead letter was written twice"),
  BAD_ID("attempts of one task differ in their id, or two tasks share one"),
  STUCK("not ended although everything is quiet"),
  NONMONO("a status went back"),
  DUPS("more repeated sends than crashes and unreadable answers explain");

  private final String meaning;

  Rule(String meaning) {
    this.meaning = meaning;
  }

  /** The word in reports: {@code FALSE-DELIVERED}. */
  public String word() {
    return name().replace('_', '-');
  }

  /** What a finding of it says, in a few words. */
  public String meaning() {
    return meaning;
  }
}
