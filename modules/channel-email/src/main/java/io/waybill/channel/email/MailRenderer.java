package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.EmailRules;
import io.waybill.domain.Reason;
import io.waybill.domain.TemplateRules;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Makes the mail of a task out of its destination's templates. Pure. */
final class MailRenderer {
  private MailRenderer() {}

  /** Says what it is and shows nothing of the data: that is attached, and may be private. */
  private static final String DEFAULT_BODY =
      """
      Delivery {{deliveryId}}

      Organization: {{organizationId}}
      Type: {{type}}
      Time: {{timestamp}}

      The data is attached as JSON.
      """;

  private static final String DEFAULT_COVER =
      """
      This mail is encrypted. Its content is in the attachment %s; the password
      is given to you apart.

      Delivery: {{deliveryId}}
      Organization: {{organizationId}}
      Type: {{type}}
      Time: {{timestamp}}

      Save the attachment, and open it with OpenSSL 3.0 or later:

        openssl cms -decrypt -inform DER -in %s \\
          -pwri_password 'PASSWORD' -out mail.eml && echo whole || rm -f mail.eml

      Trust what you read only if it says "whole": OpenSSL writes the content of a mail
      that somebody changed, too, and complains behind it.
      """
          .formatted(MailMaker.CMS_NAME, MailMaker.CMS_NAME);

  private static final String DEFAULT_ATTACHMENT_NAME = "{{type}}-{{deliveryId}}.json";
  private static final String SECTION = "config.email.";

  /**
   * The mail.
   *
   * @throws Unrenderable when data and templates do not go together
   */
  static Mail render(EmailConfig config, Attempt attempt) {
    String body = config.bodyTemplate().orElse(DEFAULT_BODY);
    Set<String> names = new LinkedHashSet<>();
    Stream.concat(
            Stream.of(config.subject(), body),
            Stream.of(config.htmlTemplate(), config.attachmentName()).flatMap(Optional::stream))
        .forEach(template -> names.addAll(TemplateRules.firstNames(template)));
    Lookup lookup = lookup(attempt, names);
    Lookup inTheSubject = config.encryption().isPresent() ? Lookup.inClear(attempt.task()) : lookup;
    return new Mail(
        subject(config.subject(), inTheSubject),
        TemplateText.render(SECTION + "bodyTemplate", body, TemplateText.Use.TEXT, lookup),
        config
            .htmlTemplate()
            .map(html ->
                TemplateText.render(SECTION + "htmlTemplate", html, TemplateText.Use.HTML, lookup)),
        attachmentName(config.attachmentName(), attempt, lookup),
        attempt.data());
  }

  /**
   * What can be read of a mail without its password.
   *
   * @throws Unrenderable when the template asks for what a delivery does not have
   */
  static String cover(Optional<String> template, Attempt attempt) {
    return TemplateText.render(
        SECTION + "encryption.coverTemplate",
        template.orElse(DEFAULT_COVER),
        TemplateText.Use.TEXT,
        Lookup.inClear(attempt.task()));
  }

  private static Lookup lookup(Attempt attempt, Set<String> names) {
    try {
      return Lookup.of(attempt.task(), attempt.data(), names);
    } catch (IOException e) {
      // Fan-out takes only JSON; a record from elsewhere may hold anything.
      throw new Unrenderable(Reason.MALFORMED, "the data or the metadata of the task is not JSON");
    }
  }

  private static String subject(String template, Lookup lookup) {
    String subject =
        TemplateText.render(SECTION + "subject", template, TemplateText.Use.HEADER, lookup);
    if (!fits(subject)) {
      throw new Unrenderable(
          Reason.RENDERED_TOO_LARGE,
          SECTION
              + "subject comes to more than "
              + EmailRules.MAX_SUBJECT_BYTES
              + " bytes for this request");
    }
    return subject;
  }

  /** As it is sent: beyond ASCII three bytes become four, and a line breaks at blanks only. */
  private static boolean fits(String subject) {
    try {
      String encoded = MimeUtility.encodeText(subject, "UTF-8", null);
      String header = "Subject: " + MimeUtility.fold("Subject: ".length(), encoded);
      return encoded.length() <= EmailRules.MAX_SUBJECT_BYTES
          && header.lines().allMatch(line -> line.length() <= EmailRules.MAX_SUBJECT_BYTES);
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("this JVM has no UTF-8", e);
    }
  }

  private static String attachmentName(Optional<String> template, Attempt attempt, Lookup lookup) {
    String rendered =
        template
            .map(own ->
                TemplateText.render(
                    SECTION + "attachmentName", own, TemplateText.Use.HEADER, lookup))
            // Not by the templates' names: data may have a field called type.
            .orElseGet(() ->
                DEFAULT_ATTACHMENT_NAME
                    .replace("{{type}}", attempt.task().payloadType())
                    .replace("{{deliveryId}}", attempt.task().deliveryId().toString()));
    String safe = safeFileName(rendered);
    return safe.isEmpty() ? "data.json" : safe;
  }

  /** A name that names a file in whatever folder it is saved to, on any system. */
  static String safeFileName(String name) {
    StringBuilder safe = new StringBuilder();
    name.codePoints()
        .map(c -> Character.isLetterOrDigit(c) || " ._-()+,=@".indexOf(c) >= 0 ? c : '_')
        // No dot first: hidden files, and the folder above.
        .dropWhile(c -> c == '.' || c == ' ')
        .limit(EmailRules.MAX_ATTACHMENT_NAME_LENGTH)
        .forEach(safe::appendCodePoint);
    return safe.toString().strip();
  }
}
