/**
 * Sends mails over SMTP, or through Amazon SES and SendGrid by HTTP. Angus Mail writes the messages
 * and speaks SMTP, on one virtual thread per attempt; what is dialled is what the address guard
 * judged, and nothing goes out in clear unless the operator allows that host. Every recipient gets
 * a message in a transaction or a request of its own, so that one refusal concerns nobody else and
 * no retry mails those again who have it. Templates look values up and do nothing else. A server
 * decides by its reply codes alone; not a byte of its words reaches a message.
 */
@NullMarked
package io.waybill.channel.email;

import org.jspecify.annotations.NullMarked;
