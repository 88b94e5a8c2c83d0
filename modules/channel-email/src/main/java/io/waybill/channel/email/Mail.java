package io.waybill.channel.email;

import io.waybill.domain.RawJson;
import java.util.Optional;

/**
 * What all recipients of one task get.
 *
 * @param attachment the payload's data, byte for byte
 */
record Mail(
    String subject, String text, Optional<String> html, String attachmentName, RawJson attachment) {

  /** Sizes only: subjects and texts may be protected health information. */
  @Override
  public String toString() {
    return "Mail[text=" + text.length() + " characters, attachment=" + attachment + "]";
  }
}
