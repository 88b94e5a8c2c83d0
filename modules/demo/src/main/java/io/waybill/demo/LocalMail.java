package io.waybill.demo;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A mail server on a free loopback port that keeps what it gets. */
final class LocalMail implements AutoCloseable {
  private final GreenMail server =
      new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

  LocalMail() {
    server.start();
  }

  int port() {
    return server.getSmtp().getPort();
  }

  List<MimeMessage> mails() {
    return List.of(server.getReceivedMessages());
  }

  /** Prints a mail as a person would see it, and what was attached. */
  static void print(MimeMessage mail, PrintWriter out) {
    try {
      out.println("From:    " + mail.getFrom()[0]);
      out.println("To:      " + mail.getAllRecipients()[0]);
      out.println("Subject: " + mail.getSubject());
      out.println("X-Delivery-Id: " + mail.getHeader("X-Delivery-Id")[0]);
      print(mail.getContent(), out);
    } catch (MessagingException | IOException e) {
      throw new IllegalStateException("a mail that was just received cannot be read", e);
    }
  }

  private static void print(Object content, PrintWriter out)
      throws MessagingException, IOException {
    if (content instanceof Multipart parts) {
      for (int i = 0; i < parts.getCount(); i++) {
        BodyPart part = parts.getBodyPart(i);
        if (part.getFileName() == null) {
          print(part.getContent(), out);
        } else {
          byte[] attached = part.getInputStream().readAllBytes();
          out.println("Attached: " + part.getFileName());
          out.println(
              "    "
                  + (part.isMimeType("application/json")
                      ? new String(attached, StandardCharsets.UTF_8)
                      : attached.length + " bytes of " + part.getContentType()));
        }
      }
      return;
    }
    String.valueOf(content).strip().lines().forEach(line -> out.println("    " + line));
  }

  @Override
  public void close() {
    server.stop();
  }
}
