package io.waybill.channel.email;

import static io.waybill.channel.email.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/** What SES gets: a request that it would take, and in it the very mail that a server would get. */
class SesRequestTest {
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  private static final String TAKEN = RawHttp.answer(200, "{\"MessageId\": \"m\"}");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private final Rig rig = new Rig();

  @AfterEach
  void closeRig() {
    rig.close();
  }

  private static SigV4Check.Signed verify(RawHttp.Seen request, String method, String path) {
    return SigV4Check.verify(
        method, path, name -> String.join(",", request.values(name)), request.body(), SECRET);
  }

  /** So that the check is known to check what Amazon checks. */
  @Test
  void theCheckTakesWhatAmazonsOwnSignerMakes() {
    byte[] body = "{\"a\": 1}".getBytes(StandardCharsets.UTF_8);
    SdkHttpRequest signed =
        AwsV4HttpSigner.create()
            .sign(request ->
                request
                    .identity(
                        AwsSessionCredentialsIdentity.create("AKIAIOSFODNN7EXAMPLE", SECRET, "tok"))
                    .request(
                        SdkHttpRequest.builder()
                            .method(SdkHttpMethod.POST)
                            .uri(
                                URI.create(
                                    "https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails"))
                            .putHeader("Content-Type", "application/json")
                            .build())
                    .payload(() -> new ByteArrayInputStream(body))
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "ses")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-west-1")
                    .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(Rig.NOW, ZoneOffset.UTC)))
            .request();

    var found =
        SigV4Check.verify(
            "POST",
            "/v2/email/outbound-emails",
            name -> signed.firstMatchingHeader(name).orElse(""),
            body,
            SECRET);

    assertThat(found.accessKeyId()).isEqualTo("AKIAIOSFODNN7EXAMPLE");
    assertThatThrownBy(() ->
            SigV4Check.verify(
                "POST",
                "/v2/email/outbound-emails",
                name -> signed.firstMatchingHeader(name).orElse(""),
                "{\"a\": 2}".getBytes(StandardCharsets.UTF_8),
                SECRET))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void handsOverTheWholeMailSigned() throws Exception {
    RawHttp server = rig.serve(RawHttp.answering(TAKEN));

    Outcome outcome =
        rig.send(
            anAttempt()
                .ses("eu-west-1", Optional.of("hipaa-compliant-emails"), "session-token")
                .from("Prüfung <audit@hospital.com>")
                .subject("Report {{date}}, grüße")
                .body("one\n.\ntwo " + "x".repeat(2_000) + "\n")
                .data("{\"n\": 1.10}"));

    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    RawHttp.Seen request = server.requests().getFirst();
    assertThat(request.requestLine()).isEqualTo("POST /v2/email/outbound-emails HTTP/1.1");
    assertThat(request.values("Host")).containsExactly("127.0.0.1:" + server.port());
    assertThat(request.values("X-Amz-Security-Token")).containsExactly("session-token");
    assertThat(request.values("X-Amz-Date")).containsExactly("20260302T000010Z");
    SigV4Check.Signed signed = verify(request, "POST", "/v2/email/outbound-emails");
    assertThat(signed.accessKeyId()).isEqualTo("AKIAIOSFODNN7EXAMPLE");
    assertThat(signed.region()).isEqualTo("eu-west-1");
    assertThat(signed.headers()).isEqualTo("content-type;host;x-amz-date;x-amz-security-token");
    JsonNode json = JSON.readTree(request.body());
    assertThat(json.properties().stream().map(java.util.Map.Entry::getKey))
        .containsExactly("FromEmailAddress", "Destination", "Content", "ConfigurationSetName");
    assertThat(json.path("FromEmailAddress").asText()).isEqualTo("audit@hospital.com");
    assertThat(json.path("Destination").toString())
        .isEqualTo("{\"ToAddresses\":[\"compliance@hospital.com\"]}");
    assertThat(json.path("ConfigurationSetName").asText()).isEqualTo("hipaa-compliant-emails");
    byte[] raw = json.at("/Content/Raw/Data").binaryValue();
    assertThat(new String(raw, StandardCharsets.ISO_8859_1).lines())
        .allMatch(line -> line.length() <= 998);
    assertThat(new String(raw, StandardCharsets.ISO_8859_1).replace("\r\n", ""))
        .doesNotContain("\r", "\n");
    MimeMessage mail = mail(raw);
    assertThat(mail.getSubject()).isEqualTo("Report 2026-03-01, grüße");
    assertThat(mail.getHeader("To")).containsExactly("compliance@hospital.com");
    assertThat(mail.getHeader("X-Delivery-Id")).containsExactly(Attempts.DELIVERY.toString());
    assertThat(mail.getMessageID()).endsWith("@hospital.com>");
  }

  private static MimeMessage mail(byte[] raw) throws Exception {
    return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(raw));
  }

  @Test
  void eachRecipientGetsARequestOfHisOwnAndEachAttemptTheSameMessageId() throws Exception {
    RawHttp server = rig.serve(RawHttp.inTurn(RawHttp.answer(503, ""), TAKEN, TAKEN));
    String[] two = {"a@hospital.com", "b@hospital.com"};

    rig.send(anAttempt().ses().to(two));
    rig.send(anAttempt().ses().to(two));

    List<String> ids =
        server.requests().stream()
            .map(request -> {
              try {
                return mail(JSON.readTree(request.body()).at("/Content/Raw/Data").binaryValue())
                    .getMessageID();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            })
            .toList();
    assertThat(ids).hasSize(3);
    assertThat(ids.get(0)).isEqualTo(ids.get(1)).isNotEqualTo(ids.get(2));
    server.requests().forEach(each -> verify(each, "POST", "/v2/email/outbound-emails"));
  }

  @Test
  void anEncryptedMailGoesAsItIsAndIsOpenedByOpenSsl() throws Exception {
    OpenSsl openSsl = new OpenSsl(folder);
    OpenSsl.Person officer =
        openSsl.person("officer", List.of("rsa:2048"), "privacy-officer@hospital.com", 30);
    rig.at(Instant.now().plus(Duration.ofDays(1)));
    RawHttp server = rig.serve(RawHttp.answering(TAKEN));
    Attempts attempt =
        anAttempt()
            .ses()
            .to("privacy-officer@hospital.com")
            .body("{{patient}}")
            .data("{\"patient\": \"" + Marker.PHI + "\"}")
            .encryptedTo(officer.pem());

    assertThat(rig.send(attempt)).isInstanceOf(Outcome.Delivered.class);

    byte[] raw =
        JSON.readTree(server.requests().getFirst().body()).at("/Content/Raw/Data").binaryValue();
    assertThat(Marker.isIn(new String(raw, StandardCharsets.ISO_8859_1))).isFalse();
    OpenSsl.Result opened = openSsl.decryptMail(raw, officer);
    assertThat(opened.exit()).as(opened.errors()).isZero();
    assertThat(opened.text()).contains(Marker.PHI);
  }

  /** The message is held whole until it is signed, and a sender is told so. */
  @Test
  void saysHowMuchItHolds() {
    var ses = Optional.of(anAttempt().ses().build().destination());
    var sendGrid = Optional.of(anAttempt().sendGrid("SG.key").build().destination());

    assertThat(rig.channel().footprint(ses, 1_000)).isEqualTo(5_000);
    assertThat(rig.channel().footprint(sendGrid, 1_000)).isEqualTo(1_000);
    assertThat(rig.channel().footprint(Optional.empty(), 1_000)).isEqualTo(1_000);
  }

  @Test
  void aProbeAsksForTheAccountAndSendsNothing() {
    RawHttp server =
        rig.serve(RawHttp.answering(RawHttp.answer(200, "{\"SendingEnabled\": true}")));

    Outcome outcome = rig.probe(anAttempt().ses());

    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    assertThat(server.requests())
        .singleElement()
        .satisfies(request -> {
          assertThat(request.requestLine()).isEqualTo("GET /v2/email/account HTTP/1.1");
          verify(request, "GET", "/v2/email/account");
        });
  }

  @Test
  void aProbeTellsOfAnAccountThatMayNotSendNow() {
    rig.serve(RawHttp.answering(RawHttp.answer(200, "{\"SendingEnabled\": false}")));

    assertThat(rig.probe(anAttempt().ses()))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.message()).contains("sending is paused"));
  }

  /** The topic can be written by others than the rules' askers. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "us-east-1.attacker.example/",
        "us-east-1#",
        "evil",
        "",
        "us-east-1@x",
        "US-EAST-1"
      })
  void aRegionThatIsNoneIsRefusedBeforeAnythingIsDone(String region) {
    RawHttp server = rig.serve(RawHttp.answering(TAKEN));

    Outcome outcome = rig.send(anAttempt().ses(region, Optional.empty(), "tok"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.INVALID_FIELD);
              assertThat(failed.message()).contains("config.email.config.region");
            });
    assertThat(server.connections()).isZero();
  }
}
