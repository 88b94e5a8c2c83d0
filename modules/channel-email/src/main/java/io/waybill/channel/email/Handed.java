package io.waybill.channel.email;

import io.waybill.domain.Reason;

/** What became of the mail of one recipient, where the others may still be tried. */
sealed interface Handed {

  /**
   * Whoever was asked has the responsibility now.
   *
   * @param reference his own name for it; empty when he gave none that is safe to show
   */
  record Taken(String reference) implements Handed {}

  /**
   * Another try would end the same way.
   *
   * @param words what was answered, for messages
   * @param ofAll whether it would for every recipient
   */
  record Never(Reason reason, String words, boolean ofAll) implements Handed {}

  /** Another try may succeed, for this recipient. */
  record NotNow(Failure failure) implements Handed {}
}
