package io.waybill.channel.email;

import io.waybill.domain.MailAddress;
import io.waybill.domain.Reason;

/**
 * One attempt's way of handing mails over. What a mail consists of is not its affair. Used by the
 * attempt's thread; whoever breaks the attempt off closes the socket that it waits in.
 */
sealed interface Transport permits SmtpTransport, HttpTransport {

  /** What is answered where a mail is taken, in a word. */
  String accepted();

  /** The reason of a refusal for good, when nothing else is known. */
  Reason refusedWith();

  /**
   * Comes as far as the first mail.
   *
   * @throws Ended with why not
   */
  void open() throws Ended;

  /**
   * Hands over one mail.
   *
   * @throws Ended when nobody else is to be tried in this attempt
   */
  Handed offer(Composed.Ready mail, MailAddress recipient) throws Ended;

  /**
   * Goes the way without a mail, after {@link #open}.
   *
   * @return what was answered, in a word
   * @throws Ended with what is in the way
   */
  String probe() throws Ended;

  /** All is said; before the outcome is told, and quick. */
  void leave();

  /** What is left to be done when nobody waits any more. */
  void close();
}
