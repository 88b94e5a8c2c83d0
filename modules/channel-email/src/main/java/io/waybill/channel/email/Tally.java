package io.waybill.channel.email;

import io.waybill.domain.MailAddress;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which recipients have their mail, which were refused for good, and which are still to be tried,
 * over all attempts of a task. Written by the attempt's thread, read by whoever ends the attempt.
 */
final class Tally {
  private static final int MAX_REFERENCE_LENGTH = 200;

  private final Task task;
  private final String host;
  private final List<MailAddress> recipients;
  private final Set<String> before;
  private final List<String> now = new ArrayList<>();
  private final Set<String> refusals = new TreeSet<>();
  private final Set<String> references = new LinkedHashSet<>();
  private final String accepted;
  private Reason refusedWith;

  /**
   * Nobody has been tried yet.
   *
   * @param accepted the answer of who takes a mail: {@code 250}
   * @param refusedWith the reason of refusals, unless one gives another
   */
  Tally(Task task, String host, List<MailAddress> recipients, String accepted, Reason refusedWith) {
    this.task = task;
    this.host = host;
    this.accepted = accepted;
    this.refusedWith = refusedWith;
    this.recipients = List.copyOf(recipients);
    this.before = Set.copyOf(task.doneParts());
  }

  /** Who is to be tried in this attempt. */
  List<MailAddress> toTry() {
    return recipients.stream().filter(it -> !isIn(before, it)).toList();
  }

  private boolean isIn(Set<String> marks, MailAddress recipient) {
    return marks.contains(Parts.taken(task.taskId(), recipient))
        || marks.contains(Parts.refused(task, recipient));
  }

  synchronized void taken(MailAddress recipient, String reference) {
    now.add(Parts.taken(task.taskId(), recipient));
    if (!reference.isEmpty()) {
      references.add(reference);
    }
  }

  synchronized void refusedForGood(MailAddress recipient, Handed.Never why) {
    now.add(Parts.refused(task, recipient));
    refusals.add(why.words());
    refusedWith = why.reason();
  }

  /** The attempt's end when nobody is left to be tried, or its failure when somebody is. */
  synchronized Outcome outcome(Optional<Failure> failure, Duration took) {
    Set<String> marks = new LinkedHashSet<>(before);
    marks.addAll(now);
    long refused =
        recipients.stream().filter(it -> marks.contains(Parts.refused(task, it))).count();
    long open = recipients.stream().filter(it -> !isIn(marks, it)).count();
    if (open > 0) {
      Failure why =
          failure.orElseGet(() -> new Failure(Reason.CONNECTION_LOST, host + " was given up"));
      return new Outcome.Transient(
          why.reason(), why.message() + counts(open, refused), why.retryAfter(), took, now);
    }
    if (refused > 0) {
      return new Outcome.Permanent(refusedWith, refusal(refused), took, now);
    }
    return new Outcome.Delivered(accepted, reference(), took);
  }

  private String counts(long open, long refused) {
    if (recipients.size() == 1) {
      return "";
    }
    long have = recipients.size() - open - refused;
    return " ("
        + have
        + " of "
        + recipients.size()
        + " recipients have their mail"
        + (refused > 0 ? ", " + refused + " are refused for good" : "")
        + ", "
        + open
        + " will be tried again)";
  }

  private String refusal(long refused) {
    String codes = String.join(", ", refusals);
    String answered = codes.isEmpty() ? "" : ", answering " + codes;
    if (recipients.size() == refused) {
      return host + " refuses the mail for good" + answered;
    }
    return host
        + " refuses the mail for "
        + refused
        + " of "
        + recipients.size()
        + " recipients for good"
        + answered
        + "; the others have it, and a replay leaves them alone";
  }

  private Optional<String> reference() {
    String joined = String.join(" ", references);
    return joined.isEmpty()
        ? Optional.empty()
        : Optional.of(joined.substring(0, Math.min(joined.length(), MAX_REFERENCE_LENGTH)));
  }
}
