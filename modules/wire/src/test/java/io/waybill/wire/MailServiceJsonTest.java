package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.EmailRules;
import io.waybill.domain.FieldError;
import io.waybill.domain.MailService;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who takes the mails, as a destination says it and as it is kept. */
class MailServiceJsonTest {
  private static final String KEY_ID = "AKIAIOSFODNN7EXAMPLE";
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  private static final String PAIR =
      "\"accessKeyId\": \"" + KEY_ID + "\", \"secretAccessKey\": \"" + SECRET + "\"";
  private static final String AUTH = "\"auth\": {\"user\": \"u\", \"pass\": \"hunter2\"}";
  private static final String TO_PASSWORD =
      "\"encryption\": {\"enabled\": true, \"password\": \"correct horse battery staple\"}";

  private static String email(String fields) {
    return """
    {"organizationId": "o", "label": "l", "type": "email", "config": {"email": {
      %s, "from": "a@x.com", "subject": "s", "recipients": ["b@x.com"]}}}
    """
        .formatted(fields);
  }

  private static String ses(String fields) {
    return "\"service\": \"ses\", \"config\": {" + fields + "}";
  }

  private static String smtp(String fields) {
    return "\"service\": \"smtp\", \"smtpConfig\": {" + fields + "}";
  }

  private static DestinationJson.Parsed parse(String fields) {
    return DestinationJson.parse(email(fields).getBytes(StandardCharsets.UTF_8));
  }

  private static DestinationJson.Valid valid(String fields) {
    DestinationJson.Parsed parsed = parse(fields);
    assertThat(parsed).isInstanceOf(DestinationJson.Valid.class);
    return (DestinationJson.Valid) parsed;
  }

  private static EmailConfig config(DestinationJson.Valid valid) {
    return (EmailConfig) valid.spec().config();
  }

  private static List<FieldError> errors(String fields) {
    DestinationJson.Parsed parsed = parse(fields);
    assertThat(parsed).isInstanceOf(DestinationJson.Invalid.class);
    return ((DestinationJson.Invalid) parsed).errors();
  }

  /** In the tutorial's own words. */
  @Test
  void readsSendGrid() {
    DestinationJson.Valid valid = valid("\"service\": \"sendgrid\", \"apiKey\": \"SG.x-1.y_2\"");

    assertThat(config(valid).service()).isEqualTo(new MailService.SendGrid());
    assertThat(config(valid).credentialNames()).containsExactly("email.apiKey");
    assertThat(valid.credentials()).isEqualTo(Map.of("email.apiKey", "SG.x-1.y_2"));
    assertThat(config(valid).credentialsGoTo()).isEqualTo("https://api.sendgrid.com:443");
    assertThat(valid.toString()).doesNotContain("SG.x");
  }

  /** Likewise, and it does say for whom. */
  @Test
  void readsTheTutorialsSecureEmail() {
    DestinationJson.Valid valid =
        valid(
            ses(
                    "\"region\": \"us-east-1\", "
                        + PAIR
                        + ", \"configurationSet\": \"hipaa-compliant-emails\"")
                + ", "
                + TO_PASSWORD);

    assertThat(config(valid).service())
        .isEqualTo(new MailService.Ses("us-east-1", Optional.of("hipaa-compliant-emails"), false));
    assertThat(config(valid).service().host()).isEqualTo("email.us-east-1.amazonaws.com");
    assertThat(valid.credentials())
        .containsEntry(MailService.Ses.ACCESS_KEY_ID, KEY_ID)
        .containsEntry(MailService.Ses.SECRET_ACCESS_KEY, SECRET)
        .containsEntry(EmailConfig.ENCRYPTION_PASSWORD, "correct horse battery staple")
        .hasSize(3);
  }

  @Test
  void theTutorialsSecureEmailIsRefusedAsLongAsItSaysNotForWhom() {
    assertThat(
            errors(
                ses("\"region\": \"us-east-1\", " + PAIR)
                    + ", \"encryption\": {\"enabled\": true, \"algorithm\": \"AES-256-GCM\"}"))
        .singleElement()
        .satisfies(error -> {
          assertThat(error.field()).isEqualTo("config.email.encryption");
          assertThat(error.message()).contains("never sent in clear instead");
        });
  }

  @Test
  void readsASessionToken() {
    DestinationJson.Valid valid =
        valid(ses("\"region\": \"eu-west-1\", " + PAIR + ", \"sessionToken\": \"tok\""));

    assertThat(config(valid).credentialNames()).contains(MailService.Ses.SESSION_TOKEN);
    assertThat(valid.credentials()).containsEntry(MailService.Ses.SESSION_TOKEN, "tok");
  }

  @ParameterizedTest
  @CsvSource({
    "gmail, smtp.gmail.com",
    "office365, smtp.office365.com",
    "mailgun, smtp.mailgun.org",
    "mailgun-eu, smtp.eu.mailgun.org",
    "mailjet, in-v3.mailjet.com",
    "postmark, smtp.postmarkapp.com",
    "resend, smtp.resend.com",
    "brevo, smtp-relay.brevo.com",
    "sendgrid, smtp.sendgrid.net"
  })
  void aPresetIsAHost(String preset, String host) {
    DestinationJson.Valid valid = valid(smtp("\"preset\": \"" + preset + "\", " + AUTH));

    assertThat(config(valid).service()).isEqualTo(new EmailConfig.Smtp(host, 587, false, true));
    assertThat(EmailRules.checkConfig(config(valid))).isEmpty();
  }

  @Test
  void thePresetOfSesHasARegion() {
    assertThat(
            config(valid(smtp("\"preset\": \"ses\", \"region\": \"eu-central-1\", " + AUTH)))
                .service())
        .isEqualTo(new EmailConfig.Smtp("email-smtp.eu-central-1.amazonaws.com", 587, false, true));
  }

  static Stream<Arguments> wrong() {
    String at = "config.email.";
    String gmail = "\"preset\": \"gmail\", ";
    return Stream.of(
        row("\"service\": \"sendgrid\"", at + "apiKey", "required"),
        row(sendGrid("undefined"), at + "apiKey", "credential-looks-unset"),
        row(sendGrid("Bearer SG.hunter2"), at + "apiKey", "invalid-value"),
        row(sendGrid("SG.hunter2\\r\\nX: y"), at + "apiKey", "invalid-value"),
        row(sendGrid("x".repeat(1025)), at + "apiKey", "invalid-value"),
        row("\"service\": \"ses\"", at + "config", "required"),
        row(ses(PAIR), at + "config.region", "required"),
        row(ses("\"region\": \"us-east-1\""), at + "config.accessKeyId", "required"),
        row(
            ses("\"region\": \"us-east-1\", \"accessKeyId\": \"" + KEY_ID + "\""),
            at + "config.secretAccessKey",
            "required"),
        row(
            ses(
                "\"region\": \"us-east-1\", \"accessKeyId\": \"hunter2\", \"secretAccessKey\": \""
                    + SECRET
                    + "\""),
            at + "config.accessKeyId",
            "invalid-value"),
        row(
            ses("\"region\": \"us-east-1\", " + PAIR + ", \"endpoint\": \"https://hunter2\""),
            at + "config.endpoint",
            "unknown-field"),
        row(
            ses("\"region\": \"us-east-1\", " + PAIR + ", \"configurationSet\": \"a b\""),
            at + "config.configurationSet",
            "invalid-value"),
        row(
            ses("\"region\": \"us-east-1\", " + PAIR) + ", \"apiKey\": \"hunter2\"",
            at + "apiKey",
            "unknown-field"),
        row(
            sendGrid("SG.x") + ", \"config\": {\"secretAccessKey\": \"hunter2\"}",
            at + "config",
            "unknown-field"),
        row(
            sendGrid("SG.x") + ", \"smtpConfig\": {\"host\": \"hunter2\"}",
            at + "smtpConfig",
            "unknown-field"),
        row(smtp(gmail + AUTH + ", \"host\": \"x.com\""), at + "smtpConfig.host", "unknown-field"),
        row(smtp(gmail + AUTH + ", \"port\": 25"), at + "smtpConfig.port", "unknown-field"),
        row(smtp(gmail + AUTH + ", \"secure\": true"), at + "smtpConfig.secure", "unknown-field"),
        row(smtp(gmail + "\"auth\": null"), at + "smtpConfig.auth", "required"),
        row(
            smtp(gmail + AUTH + ", \"region\": \"us-east-1\""),
            at + "smtpConfig.region",
            "unknown-field"),
        row(smtp("\"preset\": \"Gmail\", " + AUTH), at + "smtpConfig.preset", "invalid-value"),
        row(smtp("\"preset\": \"ses\", " + AUTH), at + "smtpConfig.region", "required"),
        row(
            smtp("\"preset\": \"ses\", \"region\": \"x.evil.example/\", " + AUTH),
            at + "smtpConfig.region",
            "invalid-value"),
        row(
            smtp("\"host\": \"x.com\", \"region\": \"us-east-1\""),
            at + "smtpConfig.region",
            "unknown-field"),
        row(smtp(AUTH), at + "smtpConfig.host", "required"));
  }

  private static String sendGrid(String key) {
    return "\"service\": \"sendgrid\", \"apiKey\": \"" + key + "\"";
  }

  private static Arguments row(String fields, String field, String code) {
    String shown = fields.length() > 90 ? fields.substring(0, 90) + "..." : fields;
    return argumentSet(shown + " -> " + code, fields, field, code);
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void refusesWhatIsWrong(String fields, String field, String code) {
    assertThat(errors(fields))
        .anySatisfy(error -> {
          assertThat(error.field()).isEqualTo(field);
          assertThat(error.code()).isEqualTo(code);
        })
        .allSatisfy(error -> assertThat(error.message()).doesNotContain("hunter2"));
  }

  /** It becomes part of the host that is called with the key pair's signature. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "us-east-1.attacker.example/",
        "us-east-1#",
        "us-east-1@x",
        "attacker.example",
        "us_east_1",
        "US-EAST-1",
        "",
        " ",
        "us-east-1\\u0000",
        "us-east-1\\r\\nHost: x",
        "../x",
        "${AWS_REGION}",
        "us-east-123",
        "1-us-east"
      })
  void aRegionIsNothingButARegion(String region) {
    assertThat(errors(ses("\"region\": \"" + region + "\", " + PAIR)))
        .singleElement()
        .satisfies(error -> assertThat(error.field()).isEqualTo("config.email.config.region"));
  }

  /** None of S/MIME's is promised by who cannot carry it, and none is sent with less. */
  @Test
  void sendGridIsRefusedWithCertificates() {
    assertThat(
            errors(
                sendGrid("SG.x")
                    + ", \"encryption\": {\"enabled\": true, \"certificates\": \"x\"}"))
        .anySatisfy(error -> {
          assertThat(error.field()).isEqualTo("config.email.encryption.certificates");
          assertThat(error.code()).isEqualTo("not-available");
          assertThat(error.message()).contains("password", "service ses");
        });
    assertThat(config(valid(sendGrid("SG.x") + ", " + TO_PASSWORD)).encryption()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gmail", "resend"})
  void saysHowOthersAreReached(String service) {
    assertThat(errors("\"service\": \"" + service + "\""))
        .singleElement()
        .satisfies(error -> {
          assertThat(error.code()).isEqualTo("not-available");
          assertThat(error.message()).contains("preset \"" + service + "\"");
        });
  }

  private static DestinationConfig of(MailService service) {
    EmailConfig any = config(valid(sendGrid("SG.x")));
    return new EmailConfig(
        service,
        any.from(),
        any.subject(),
        any.bodyTemplate(),
        any.htmlTemplate(),
        any.attachmentName(),
        any.recipients(),
        any.timeout(),
        any.retry());
  }

  static Stream<MailService> services() {
    return Stream.of(
        new EmailConfig.Smtp("smtp.x.com", 465, true, true),
        new MailService.Ses("us-east-1", Optional.empty(), false),
        new MailService.Ses("us-gov-west-1", Optional.of("set"), true),
        new MailService.SendGrid());
  }

  @ParameterizedTest
  @MethodSource("services")
  void comesBackAsItWas(MailService service) {
    assertThat(ConfigMapping.toDomain(ConfigMapping.toAvro(of(service)))).isEqualTo(of(service));
  }

  /** One that does not know the other services finds a server that it refuses to send to. */
  @Test
  void anOlderReaderSendsNothingByAnotherWay() {
    io.waybill.avro.SmtpServer smtp =
        ConfigMapping.toAvro(of(new MailService.SendGrid())).getEmail().getSmtp();

    assertThat(
            EmailRules.checkConfig(
                (EmailConfig)
                    of(
                        new EmailConfig.Smtp(
                            smtp.getHost(),
                            smtp.getPort(),
                            smtp.getSecure(),
                            smtp.getAuthenticates()))))
        .extracting(FieldError::code)
        .contains("invalid-host");
  }

  @Test
  void aServiceOfANewerVersionIsRefused() {
    io.waybill.avro.EmailConfig email =
        ConfigMapping.toAvro(of(new MailService.SendGrid())).getEmail();
    email.put("service", "pigeon");

    assertThatThrownBy(() ->
            ConfigMapping.toDomain(
                new io.waybill.avro.DestinationConfig("email", null, email, null)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
