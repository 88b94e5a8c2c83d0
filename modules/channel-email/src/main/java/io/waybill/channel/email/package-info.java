/**
 * Sends mails over SMTP. Angus Mail writes the messages and speaks the protocol, on one virtual
 * thread per attempt; what is dialled is what the address guard judged, and nothing goes out in
 * clear unless the operator allows that host. Every recipient gets a message and an SMTP
 * transaction of its own, so that one refusal concerns nobody else and no retry mails those again
 * who have it. Templates look values up and do nothing else. A server decides by its reply codes
 * alone; not a byte of its words reaches a message.
 */
@NullMarked
package io.waybill.channel.email;

import org.jspecify.annotations.NullMarked;
