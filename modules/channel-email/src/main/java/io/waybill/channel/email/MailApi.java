package io.waybill.channel.email;

import io.waybill.domain.MailAddress;

/** How a service takes mails by HTTP, and what its answers mean. Opens no connection. */
sealed interface MailApi permits SesApi, SendGridApi {

  /** The status of an answer that takes a mail. */
  String accepted();

  /** The request that hands over one mail. */
  HttpCall mail(Composed.Ready mail, MailAddress recipient);

  /** A request that needs the credentials and sends nothing. */
  HttpCall question();

  /**
   * What the answer to {@link #mail} means.
   *
   * @throws Ended when nobody else is to be tried in this attempt
   */
  Handed meaning(HttpAnswer answer) throws Ended;

  /**
   * What the answer to {@link #question} means: nothing when mails would be taken.
   *
   * @throws Ended when they would not
   */
  void judge(HttpAnswer answer) throws Ended;
}
