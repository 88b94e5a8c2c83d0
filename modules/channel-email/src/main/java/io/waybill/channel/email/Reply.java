package io.waybill.channel.email;

/**
 * How a server answered one recipient's transaction.
 *
 * @param step the command that was answered last
 * @param code three digits, or {@link #NONE} where there was no such reply
 * @param reference the server's own name for the mail; empty when it gave none that is safe to show
 */
record Reply(Step step, int code, String reference) {
  /** The connection ended, or what came was no reply. */
  static final int NONE = -1;

  /** The commands of a transaction. */
  enum Step {
    MAIL,
    RCPT,
    DATA,
    /** The dot behind the message. Only its reply says who has the responsibility now. */
    END
  }

  /** Whom or what it concerns, for messages. */
  String about() {
    return switch (step) {
      case MAIL -> "the sender";
      case RCPT -> "a recipient";
      case DATA, END -> "the mail";
    };
  }

  boolean isTaken() {
    return step == Step.END && code >= 200 && code < 300;
  }

  /** Whether the server will say nothing else if asked again (RFC 5321, section 4.2.1). */
  boolean isForGood() {
    return code >= 500 && code < 600 && !wantsLogIn();
  }

  boolean isForNow() {
    return code >= 400 && code < 500;
  }

  /** Codes of RFC 4954 that speak of the client and not of a mail. */
  boolean wantsLogIn() {
    return code == 530 || code == 534 || code == 535 || code == 538;
  }

  /** The server closes the connection (RFC 5321, section 3.8). */
  boolean isGoodBye() {
    return code == 421;
  }
}
