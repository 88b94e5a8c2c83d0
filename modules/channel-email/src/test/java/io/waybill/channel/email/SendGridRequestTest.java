package io.waybill.channel.email;

import static io.waybill.channel.email.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What SendGrid gets: the parts of the mail that a server would get whole. */
class SendGridRequestTest {
  private static final String TAKEN = RawHttp.answer(202, "", "X-Message-Id: m");
  private static final String PASSWORD = "correct horse battery staple";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private final Rig rig = new Rig();

  @AfterEach
  void closeRig() {
    rig.close();
  }

  private static JsonNode json(RawHttp.Seen request) throws IOException {
    return JSON.readTree(request.body());
  }

  @Test
  void handsOverThePartsOfTheMail() throws Exception {
    RawHttp server = rig.serve(RawHttp.answering(TAKEN));

    Outcome outcome =
        rig.send(
            anAttempt()
                .sendGrid("SG.key")
                .from("Prüfung <audit@hospital.com>")
                .subject("Report {{date}}, grüße")
                .body("one\n\"two\"")
                .html("<p>one</p>")
                .attachmentName("report.json")
                .data("{\"n\": 1.10}"));

    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    RawHttp.Seen request = server.requests().getFirst();
    assertThat(request.requestLine()).isEqualTo("POST /v3/mail/send HTTP/1.1");
    assertThat(request.values("Authorization")).containsExactly("Bearer SG.key");
    assertThat(request.values("Content-Type")).containsExactly("application/json");
    JsonNode json = json(request);
    String id = json.at("/headers/Message-ID").asText();
    assertThat(id).matches("<[0-9a-f]{32}\\.[0-9a-f]{16}@hospital\\.com>");
    assertThat(json)
        .isEqualTo(
            JSON.readTree(
                """
                {"personalizations": [{"to": [{"email": "compliance@hospital.com"}]}],
                 "from": {"email": "audit@hospital.com", "name": "Prüfung"},
                 "subject": "Report 2026-03-01, grüße",
                 "content": [{"type": "text/plain", "value": "one\\n\\"two\\""},
                             {"type": "text/html", "value": "<p>one</p>"}],
                 "attachments": [{"content": "eyJuIjogMS4xMH0=", "type": "application/json",
                                  "filename": "report.json", "disposition": "attachment"}],
                 "headers": {"Message-ID": "%s", "X-Delivery-Id": "%s",
                             "Auto-Submitted": "auto-generated"},
                 "tracking_settings": {"click_tracking": {"enable": false},
                                       "open_tracking": {"enable": false},
                                       "subscription_tracking": {"enable": false},
                                       "ganalytics": {"enable": false}}}
                """
                    .formatted(id, Attempts.DELIVERY)));
  }

  @Test
  void aLargeReportArrivesByteForByte() throws Exception {
    RawHttp server = rig.serve(RawHttp.answering(TAKEN));
    String data = "\"" + "x".repeat(10 * 1024 * 1024 - 2) + "\"";

    assertThat(rig.send(anAttempt().sendGrid("SG.key").data(data)))
        .isInstanceOf(Outcome.Delivered.class);

    assertThat(json(server.requests().getFirst()).at("/attachments/0/content").binaryValue())
        .isEqualTo(data.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void eachAttemptAsksForTheSameMessageId() throws Exception {
    RawHttp server = rig.serve(RawHttp.inTurn(RawHttp.answer(503, ""), TAKEN));

    rig.send(anAttempt().sendGrid("SG.key"));
    rig.send(anAttempt().sendGrid("SG.key"));

    assertThat(json(server.requests().get(0)).path("headers"))
        .isEqualTo(json(server.requests().get(1)).path("headers"));
  }

  @Test
  void anEmptyTextIsALineThatSendGridTakes() throws Exception {
    RawHttp server = rig.serve(RawHttp.answering(TAKEN));

    rig.send(anAttempt().sendGrid("SG.key").body("{{^n}}none{{/n}}"));

    assertThat(json(server.requests().getFirst()).at("/content/0/value").asText()).isEqualTo("\n");
  }

  @Test
  void aMailToAPasswordIsOpenedByOpenSslAndShowsNothing() throws Exception {
    rig.derivingAsAlways();
    RawHttp server = rig.serve(RawHttp.answering(TAKEN));
    Attempts attempt =
        anAttempt()
            .sendGrid("SG.key")
            .body("{{patient}}")
            .html("<p>{{patient}}</p>")
            .attachmentName("report-{{patient}}.json")
            .data("{\"patient\": \"" + Marker.PHI + "\"}")
            .encryptedWith(PASSWORD);

    assertThat(rig.send(attempt)).isInstanceOf(Outcome.Delivered.class);

    RawHttp.Seen request = server.requests().getFirst();
    assertThat(Marker.isIn(request.text())).isFalse();
    JsonNode json = json(request);
    assertThat(json.path("content")).hasSize(1);
    assertThat(json.at("/content/0/value").asText()).contains("This mail is encrypted");
    assertThat(json.at("/attachments/0/type").asText()).isEqualTo("application/cms");
    assertThat(json.at("/attachments/0/filename").asText()).isEqualTo("encrypted-mail.cms");
    OpenSsl.Result opened =
        new OpenSsl(folder).decryptFile(json.at("/attachments/0/content").binaryValue(), PASSWORD);
    assertThat(opened.exit()).as(opened.errors()).isZero();
    assertThat(opened.text()).contains(Marker.PHI, "report-" + Marker.PHI);
  }

  /** Never in clear instead, nor in a form that no mail program opens. */
  @Test
  void aMailToACertificateIsRefusedBeforeAConnection() {
    OpenSsl.Person officer =
        new OpenSsl(folder).person("officer", List.of("rsa:2048"), "compliance@hospital.com", 30);
    rig.at(Instant.now().plus(Duration.ofDays(1)));
    RawHttp server = rig.serve(RawHttp.answering(TAKEN));

    Outcome outcome = rig.send(anAttempt().sendGrid("SG.key").encryptedTo(officer.pem()));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.INVALID_FIELD);
              assertThat(failed.message())
                  .contains("config.email.encryption.certificates", "S/MIME");
            });
    assertThat(server.connections()).isZero();
  }

  @Test
  void aProbeAsksWhetherTheKeyMaySendAndSendsNothing() {
    RawHttp server =
        rig.serve(
            RawHttp.inTurn(
                RawHttp.answer(200, "{\"scopes\": [\"alerts.read\", \"mail.send\"]}"),
                RawHttp.answer(200, "{\"scopes\": [\"alerts.read\"]}")));

    Outcome first = probe(1);
    Outcome second = probe(2);

    assertThat(first).isInstanceOf(Outcome.Delivered.class);
    assertThat(second)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.CREDENTIALS_REFUSED));
    assertThat(server.requests())
        .extracting(RawHttp.Seen::requestLine)
        .containsOnly("GET /v3/scopes HTTP/1.1");
  }

  private Outcome probe(long version) {
    return rig.probe(anAttempt().sendGrid("SG.key").version(version));
  }
}
