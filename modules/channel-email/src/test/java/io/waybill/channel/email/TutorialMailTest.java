package io.waybill.channel.email;

import static io.waybill.channel.email.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import jakarta.mail.BodyPart;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The tutorial's mails, as a mail server of the world gets them. */
class TutorialMailTest {
  private static final String BODY =
      """

              Dear Compliance Team,

              Please find attached the daily compliance report for {{date}}.

              Summary:
              - Total audit events: {{totalEvents}}
              - Failed login attempts: {{failedLogins}}
              - Data access events: {{dataAccess}}

              Best regards,
              Audit System
      """;

  private static final String DATA =
      """
      {"reportId": "daily-2026-03-01", "title": "Daily Compliance Report",
       "totalEvents": 9007199254740993, "failedLogins": 3, "dataAccess": 1.10,
       "note": "gr\\u00fc\\u00dfe \\\\ {{date}}"}
      """;

  private final Rig rig = new Rig();
  private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));

  @BeforeEach
  void startServer() {
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop();
    rig.close();
  }

  private Attempts tutorial() {
    return anAttempt()
        .at("127.0.0.1", server.getSmtp().getPort())
        .from("audit@hospital.com")
        .subject("Daily Compliance Report - {{date}}")
        .body(BODY)
        .to("compliance@hospital.com", "security@hospital.com")
        .data(DATA)
        .metadata("{\"reportType\": \"daily-compliance\", \"confidentiality\": \"internal\"}");
  }

  @Test
  void bothRecipientsGetOneMailEach() throws Exception {
    assertThat(rig.send(tutorial())).isInstanceOf(Outcome.Delivered.class);

    MimeMessage[] mails = server.getReceivedMessages();
    assertThat(mails).hasSize(2);
    assertThat(Arrays.stream(mails).map(TutorialMailTest::to))
        .containsExactlyInAnyOrder("compliance@hospital.com", "security@hospital.com");
    for (MimeMessage mail : mails) {
      assertThat(mail.getFrom()[0]).hasToString("audit@hospital.com");
      // The day of the request in UTC, although the attempt is made on the next.
      assertThat(mail.getSubject()).isEqualTo("Daily Compliance Report - 2026-03-01");
      assertThat(text(mail, 0).replace("\r\n", "\n"))
          .isEqualTo(
              BODY.replace("{{date}}", "2026-03-01")
                  .replace("{{totalEvents}}", "9007199254740993")
                  .replace("{{failedLogins}}", "3")
                  .replace("{{dataAccess}}", "1.10"));
      assertThat(text(mail, 0)).doesNotContain("{{");
      BodyPart attachment = part(mail, 1);
      assertThat(attachment.getFileName())
          .isEqualTo("report-8d2f4f9e-6b1c-4c58-9b7e-0a1b2c3d4e5f.json");
      assertThat(attachment.getContentType()).startsWith("application/json");
      assertThat(attachment.getDisposition()).isEqualTo("attachment");
      assertThat(attachment.getInputStream().readAllBytes())
          .isEqualTo(DATA.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void aMissingFieldSendsNothing() {
    Outcome outcome = rig.send(tutorial().data("{\"totalEvents\": 1, \"failedLogins\": 2}"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.TEMPLATE_FIELD_MISSING);
              assertThat(failed.message()).contains("config.email.bodyTemplate", "{{dataAccess}}");
            });
    assertThat(server.getReceivedMessages()).isEmpty();
  }

  @Test
  void withoutTemplateTheMailShowsNothingOfTheData() throws Exception {
    Attempts attempt =
        anAttempt()
            .at("127.0.0.1", server.getSmtp().getPort())
            .subject("Audit Event Notification")
            .to("compliance@enterprise.com")
            .data("{\"patientId\": \"P-4711\"}");

    assertThat(rig.send(attempt)).isInstanceOf(Outcome.Delivered.class);

    MimeMessage mail = server.getReceivedMessages()[0];
    assertThat(text(mail, 0).replace("\r\n", "\n"))
        .isEqualTo(
            """
            Delivery 8d2f4f9e-6b1c-4c58-9b7e-0a1b2c3d4e5f

            Organization: hospital-001
            Type: report
            Time: 2026-03-01T23:59:30.123Z

            The data is attached as JSON.
            """);
  }

  @DisplayName("row 54: HTML is the other alternative and escapes values")
  @Test
  void htmlIsTheOtherAlternativeAndEscapesValues() throws Exception {
    Attempts attempt =
        tutorial()
            .from("Prüfstelle <audit@hospital.com>")
            .to("\"Doe, Jane\" <jane@hospital.com>")
            .subject("Grüße 😀 {{who}}")
            .body("Text: {{who}}")
            .html("<p>{{who}}</p>")
            .attachmentName("bericht-{{date}}-ü.json")
            .data("{\"who\": \"<img src=x onerror=alert(1)> & 'Ü'\"}");

    assertThat(rig.send(attempt)).isInstanceOf(Outcome.Delivered.class);

    MimeMessage mail = server.getReceivedMessages()[0];
    assertThat(mail.getSubject()).isEqualTo("Grüße 😀 <img src=x onerror=alert(1)> & 'Ü'");
    assertThat(mail.getHeader("Subject")[0]).contains("=?UTF-8?").doesNotContain("😀");
    Multipart alternatives = (Multipart) part(mail, 0).getContent();
    assertThat(alternatives.getBodyPart(0).getContent())
        .isEqualTo("Text: <img src=x onerror=alert(1)> & 'Ü'");
    assertThat(alternatives.getBodyPart(1).getContent())
        .isEqualTo("<p>&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt; &amp; &#39;Ü&#39;</p>");
    assertThat(part(mail, 1).getFileName()).contains("bericht-2026-03-01-");
    assertThat(mail.getAllRecipients()[0]).hasToString("\"Doe, Jane\" <jane@hospital.com>");
  }

  @DisplayName("row 61: long lines and large payloads arrive")
  @Test
  void longLinesAndLargePayloadsArrive() throws Exception {
    String line = "x".repeat(5_000);
    String large = "[\"" + "payload ".repeat(400_000) + "\"]";

    assertThat(rig.send(tutorial().body(line).data(large))).isInstanceOf(Outcome.Delivered.class);

    MimeMessage mail = server.getReceivedMessages()[0];
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    mail.writeTo(raw);
    assertThat(raw.toString(StandardCharsets.ISO_8859_1).lines())
        .allMatch(each -> each.length() <= 998);
    assertThat(text(mail, 0)).isEqualTo(line);
    assertThat(part(mail, 1).getInputStream().readAllBytes())
        .isEqualTo(large.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void logsInAtAServerOfTheWorld() {
    server.setUser("audit@hospital.com", "audit", "sesame");
    server.getUserManager().setAuthRequired(true);

    assertThat(rig.send(tutorial().logIn("audit", "sesame"))).isInstanceOf(Outcome.Delivered.class);
    assertThat(rig.send(tutorial().logIn("audit", "wrong-one").version(2)))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.CREDENTIALS_REFUSED));
    assertThat(server.getReceivedMessages()).hasSize(2);
  }

  private static String to(MimeMessage mail) {
    try {
      return List.of(mail.getRecipients(Message.RecipientType.TO)).getFirst().toString();
    } catch (MessagingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(MimeMessage mail, int index) throws MessagingException, IOException {
    return (String) part(mail, index).getContent();
  }

  private static BodyPart part(MimeMessage mail, int index) throws MessagingException, IOException {
    return ((Multipart) mail.getContent()).getBodyPart(index);
  }
}
