package io.waybill.channel.email;

import io.waybill.channel.email.cms.Envelope;
import io.waybill.domain.MailAddress;
import io.waybill.domain.Task;
import jakarta.activation.DataHandler;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePart;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;

/** Makes the message of one recipient. */
final class MailMaker {
  private static final String UTF_8 = StandardCharsets.UTF_8.name();

  /** RFC 8551, section 3.2: what mail programs open by themselves. */
  private static final String SMIME_NAME = "smime.p7m";

  private static final String SMIME_TYPE =
      "application/pkcs7-mime; smime-type=authEnveloped-data; name=" + SMIME_NAME;

  /** RFC 7193. Not S/MIME's: a mail program would ask for a certificate instead of saving it. */
  static final String CMS_NAME = "encrypted-mail.cms";

  private static final String CMS_TYPE =
      "application/cms; encapsulatingContent=authEnvelopedData; name=" + CMS_NAME;

  private final Session session;

  MailMaker(Session session) {
    this.session = session;
  }

  /** A message that names this recipient and no other. */
  MimeMessage message(
      Mail mail, Protection protection, Task task, MailAddress from, MailAddress to, Instant now)
      throws MessagingException {
    // The sender's domain, not this machine's: the next attempt may be another machine's.
    String domain = from.address().substring(from.address().indexOf('@') + 1);
    String id = "<" + task.taskId() + "." + Parts.taken(task.taskId(), to) + "@" + domain + ">";
    MimeMessage message = new Identified(session, id);
    message.setFrom(address(from));
    message.setRecipient(Message.RecipientType.TO, address(to));
    message.setSubject(mail.subject(), UTF_8);
    message.setSentDate(Date.from(now));
    message.setHeader("X-Delivery-Id", task.deliveryId().toString());
    // RFC 3834: no out-of-office note answers this.
    message.setHeader("Auto-Submitted", "auto-generated");
    MimeMultipart content = new MimeMultipart("mixed");
    content.addBodyPart(body(mail));
    content.addBodyPart(attachment(mail));
    switch (protection) {
      case Protection.ConnectionAlone() -> message.setContent(content);
      case Protection.ByCertificates certificates ->
          encrypt(message, certificates.of(to), content, SMIME_TYPE, SMIME_NAME);
      case Protection.ByPassword password -> message.setContent(covered(password, content));
    }
    message.saveChanges();
    return message;
  }

  /** A text that everybody can read, and beside it the mail that is meant. */
  private static MimeMultipart covered(Protection.ByPassword password, MimeMultipart content)
      throws MessagingException {
    MimeBodyPart encrypted = new MimeBodyPart();
    encrypt(encrypted, password.envelope(), content, CMS_TYPE, CMS_NAME);
    return new MimeMultipart("mixed", text(password.cover(), "plain"), encrypted);
  }

  private static void encrypt(
      MimePart part, Envelope envelope, MimeMultipart content, String type, String name)
      throws MessagingException {
    part.setDataHandler(new EncryptedContent(envelope, content, type));
    part.setHeader("Content-Type", type);
    part.setHeader("Content-Transfer-Encoding", "base64");
    part.setHeader("Content-Disposition", "attachment; filename=" + name);
  }

  private static MimeBodyPart body(Mail mail) throws MessagingException {
    Optional<String> html = mail.html();
    if (html.isEmpty()) {
      return text(mail.text(), "plain");
    }
    // The last alternative is the one that a reader prefers (RFC 2046, section 5.1.4).
    MimeMultipart alternatives =
        new MimeMultipart("alternative", text(mail.text(), "plain"), text(html.get(), "html"));
    MimeBodyPart part = new MimeBodyPart();
    part.setContent(alternatives);
    return part;
  }

  private static MimeBodyPart text(String text, String subtype) throws MessagingException {
    MimeBodyPart part = new MimeBodyPart();
    part.setText(text, UTF_8, subtype);
    return part;
  }

  private static MimeBodyPart attachment(Mail mail) throws MessagingException {
    MimeBodyPart part = new MimeBodyPart();
    part.setDataHandler(
        new DataHandler(new ByteArrayDataSource(mail.attachment().bytes(), "application/json")));
    part.setFileName(mail.attachmentName());
    part.setDisposition(Part.ATTACHMENT);
    // Said, not left to a look at the bytes: every other encoding may touch line ends.
    part.setHeader("Content-Transfer-Encoding", "base64");
    return part;
  }

  private static InternetAddress address(MailAddress address) throws MessagingException {
    try {
      return new InternetAddress(address.address(), address.name().orElse(null), UTF_8);
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("this JVM has no UTF-8", e);
    }
  }

  /** Keeps its id when it is saved. */
  private static final class Identified extends MimeMessage {
    private final String id;

    Identified(Session session, String id) {
      super(session);
      this.id = id;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", id);
    }
  }
}
