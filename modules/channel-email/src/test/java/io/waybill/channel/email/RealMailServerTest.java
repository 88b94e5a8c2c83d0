package io.waybill.channel.email;

import static io.waybill.channel.email.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.waybill.domain.Outcome;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Through a mail server that was not written for tests, into a mailbox. */
class RealMailServerTest {
  private static final String PASSWORD = "correct horse battery staple";

  @TempDir private Path folder;

  @Test
  void anEncryptedMailReachesTheMailboxWhole() throws Exception {
    assumeTrue(Postfix.canRun(), "postfix is not installed, or this user is not root");
    String data = "{\"patient\":\"" + Marker.PHI + "\"}";
    try (Postfix postfix = Postfix.start();
        Rig rig = new Rig()) {
      Attempts report =
          anAttempt()
              .at("127.0.0.1", postfix.port())
              .to("officer@" + Postfix.DOMAIN)
              .subject("Report")
              .data(data);

      assertThat(rig.send(report.encryptedWith(PASSWORD)))
          .as("%s", postfix.said())
          .isInstanceOf(Outcome.Delivered.class);
      byte[] encrypted = onlyMail(postfix);

      assertThat(Marker.isIn(new String(encrypted, StandardCharsets.ISO_8859_1))).isFalse();
      MimeMessage mail = new MimeMessage(null, new ByteArrayInputStream(encrypted));
      assertThat(mail.getHeader("Received")).as("postfix was there").isNotEmpty();
      Multipart parts = (Multipart) mail.getContent();
      OpenSsl.Result opened =
          new OpenSsl(folder)
              .decryptFile(parts.getBodyPart(1).getInputStream().readAllBytes(), PASSWORD);
      assertThat(opened.exit()).as(opened.errors()).isZero();
      assertThat(Marker.isIn(new String(opened.output(), StandardCharsets.ISO_8859_1))).isTrue();
    }
  }

  private static byte[] onlyMail(Postfix postfix) throws Exception {
    List<Path> mails =
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(postfix::mails, found -> !found.isEmpty());
    assertThat(mails).hasSize(1);
    return Files.readAllBytes(mails.getFirst());
  }
}
