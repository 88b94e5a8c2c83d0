package io.waybill.channel.email;

import io.waybill.channel.email.cms.Envelope;
import jakarta.activation.DataHandler;
import jakarta.activation.DataSource;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.eclipse.angus.mail.util.CRLFOutputStream;

/**
 * A content that is encrypted while it is written, so that it is never held whole, neither in clear
 * nor encrypted. What is inside is a MIME entity (RFC 8551, section 3.1).
 */
final class EncryptedContent extends DataHandler {
  private final Envelope envelope;
  private final Entity entity;

  EncryptedContent(Envelope envelope, MimeMultipart content, String contentType)
      throws MessagingException {
    super(new WrittenOnly(contentType));
    this.envelope = envelope;
    this.entity = new Entity(content);
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    envelope.write(this::writeClear, out);
  }

  private void writeClear(OutputStream out) throws IOException {
    try {
      // Canonical line ends; around a mail in clear the library's SMTP makes them.
      CRLFOutputStream canonical = new CRLFOutputStream(out);
      entity.writeTo(canonical);
      canonical.flush();
    } catch (MessagingException e) {
      throw new IllegalStateException("a mail of checked parts cannot be written", e);
    }
  }

  /** A part that stands for itself. */
  private static final class Entity extends MimeBodyPart {
    Entity(MimeMultipart content) throws MessagingException {
      setContent(content);
      updateHeaders();
      // So that the file that it becomes is a mail.
      setHeader("MIME-Version", "1.0");
    }
  }

  private record WrittenOnly(String contentType) implements DataSource {
    @Override
    public InputStream getInputStream() throws IOException {
      throw new IOException("encrypted contents are written, not read");
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      throw new IOException("encrypted contents are written, not stored");
    }

    @Override
    public String getContentType() {
      return contentType;
    }

    @Override
    public String getName() {
      return "";
    }
  }
}
