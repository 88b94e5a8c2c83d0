package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.domain.EmailConfig;
import io.waybill.domain.FieldError;
import io.waybill.domain.MailEncryption;
import io.waybill.domain.RetryConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code config.email}. Rows are those of the project's table of bad inputs. */
class EmailJsonTest {
  private static final String TUTORIAL =
      """
      {
        "organizationId": "hospital-001",
        "label": "Compliance Team Email",
        "type": "email",
        "description": "Daily compliance reports to the compliance team",
        "config": {
          "email": {
            "service": "smtp",
            "smtpConfig": {
              "host": "smtp.hospital.com", "port": 587, "secure": false,
              "auth": {"user": "audit", "pass": "s3cr3t"}
            },
            "from": "audit@hospital.com",
            "subject": "Daily Compliance Report - {{date}}",
            "bodyTemplate": "Dear Compliance Team,\\n- Total audit events: {{totalEvents}}\\n",
            "recipients": ["compliance@hospital.com", "security@hospital.com"]
          }
        }
      }
      """;

  private static final String UNSUPPORTED = "unsupported-algorithm";
  private static final String GOOD = "correct horse battery staple";

  /** Of privacy-officer@hospital.com, valid from 2026 to 2126; as it stands in JSON. */
  private static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIBvDCCAWKgAwIBAgIUfO8CjxWJ9d5tUPLJ76Ff1QYCFx0wCgYIKoZIzj0EAwIw
      DDEKMAgGA1UEAwwBbzAgFw0yNjExMjYwNjU2MzVaGA8yMTI2MTEwMjA2NTYzNVow
      DDEKMAgGA1UEAwwBbzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLTSOAplgQmG
      IPFfpS31f6itl11ecnQY+KJxiVvEw1GA8PP1p5FgN3V64ToaRiIvUDKVoo3KaamM
      yYNj3irZiFmjgZ8wgZwwHQYDVR0OBBYEFDTwI9gCjm/G1ZsIV18Jv3SXEb2OMB8G
      A1UdIwQYMBaAFDTwI9gCjm/G1ZsIV18Jv3SXEb2OMAwGA1UdEwEB/wQCMAAwDgYD
      VR0PAQH/BAQDAgMIMBMGA1UdJQQMMAoGCCsGAQUFBwMEMCcGA1UdEQQgMB6BHFBy
      aXZhY3ktT2ZmaWNlckBob3NwaXRhbC5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAJLv
      Y6ReVgtqYQtUV8YGZC6fIxFqW2iE6kuenjtr284BAiBVeyi+na1IEweBEOsMMNON
      S5W0cDmyo30wQU7o0YtuIw==
      -----END CERTIFICATE-----
      """
          .replace("\n", "\\n");

  private static String on(String fields) {
    return "\"encryption\": {\"enabled\": true, " + fields + "}";
  }

  private static String off(String fields) {
    return "\"encryption\": {\"enabled\": false, " + fields + "}";
  }

  private static DestinationJson.Parsed parse(String json) {
    return DestinationJson.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static DestinationJson.Valid valid(String json) {
    DestinationJson.Parsed parsed = parse(json);
    assertThat(parsed).isInstanceOf(DestinationJson.Valid.class);
    return (DestinationJson.Valid) parsed;
  }

  private static List<FieldError> errors(String json) {
    DestinationJson.Parsed parsed = parse(json);
    assertThat(parsed).isInstanceOf(DestinationJson.Invalid.class);
    return ((DestinationJson.Invalid) parsed).errors();
  }

  /** The least email, with fields added or replaced. */
  private static String email(String fields) {
    String base =
        Stream.of(
                "\"service\": \"smtp\"",
                "\"smtpConfig\": {\"host\": \"smtp.x.com\"}",
                "\"from\": \"a@x.com\"",
                "\"subject\": \"s\"",
                "\"recipients\": [\"b@x.com\"]")
            .filter(field -> !fields.contains(field.substring(0, field.indexOf(':') + 1)))
            .collect(Collectors.joining(", "));
    String all =
        Stream.of(base, fields).filter(it -> !it.isEmpty()).collect(Collectors.joining(", "));
    return "{\"organizationId\": \"o\", \"label\": \"l\", \"type\": \"email\", \"config\": {\"email\": {"
        + all
        + "}}}";
  }

  private static String smtp(String fields) {
    String host = fields.contains("\"host\"") ? "" : "\"host\": \"smtp.x.com\", ";
    return "\"smtpConfig\": {" + host + fields + "}";
  }

  @Test
  void readsTheTutorialsEmail() {
    DestinationJson.Valid valid = valid(TUTORIAL);

    EmailConfig config = (EmailConfig) valid.spec().config();
    assertThat(config.service())
        .isEqualTo(new EmailConfig.Smtp("smtp.hospital.com", 587, false, true));
    assertThat(config.from()).isEqualTo("audit@hospital.com");
    assertThat(config.subject()).isEqualTo("Daily Compliance Report - {{date}}");
    assertThat(config.bodyTemplate())
        .contains("Dear Compliance Team,\n- Total audit events: {{totalEvents}}\n");
    assertThat(config.htmlTemplate()).isEmpty();
    assertThat(config.attachmentName()).isEmpty();
    assertThat(config.recipients())
        .containsExactly("compliance@hospital.com", "security@hospital.com");
    assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(config.retry()).isEmpty();
    assertThat(valid.credentials())
        .isEqualTo(Map.of(EmailConfig.USER, "audit", EmailConfig.PASSWORD, "s3cr3t"));
    assertThat(valid.warnings()).isEmpty();
    assertThat(valid.toString()).doesNotContain("s3cr3t", "compliance@");
  }

  @Test
  void readsEveryField() {
    DestinationJson.Valid valid =
        valid(
            email(
                smtp("\"port\": 465, \"secure\": true")
                    + ", \"from\": \"Audit <audit@x.com>\", \"htmlTemplate\": \"<b>{{n}}</b>\","
                    + " \"attachmentName\": \"report-{{date}}.json\", \"timeout\": 5000,"
                    + " \"retryConfig\": {\"maxRetries\": 2}, \"encryption\": {\"enabled\": false,"
                    + " \"algorithm\": \"aes-256-gcm\"}"));

    EmailConfig config = (EmailConfig) valid.spec().config();
    assertThat(config.service()).isEqualTo(new EmailConfig.Smtp("smtp.x.com", 465, true, false));
    assertThat(config.from()).isEqualTo("Audit <audit@x.com>");
    assertThat(config.htmlTemplate()).contains("<b>{{n}}</b>");
    assertThat(config.attachmentName()).contains("report-{{date}}.json");
    assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.retry().map(RetryConfig::maxRetries)).contains(2);
    assertThat(config.credentialNames()).isEmpty();
    assertThat(valid.credentials()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"true, 465", "false, 587"})
  void thePortFollowsSecure(boolean secure, int port) {
    DestinationJson.Valid valid = valid(email(smtp("\"secure\": " + secure)));

    assertThat(((EmailConfig.Smtp) ((EmailConfig) valid.spec().config()).service()).port())
        .isEqualTo(port);
  }

  @ParameterizedTest
  @CsvSource({"465, false, 1", "587, true, 1", "25, true, 1", "2525, true, 0", "25, false, 0"})
  void warnsOfAPortThatUsuallyMeansTheOther(int port, boolean secure, int warnings) {
    assertThat(valid(email(smtp("\"port\": " + port + ", \"secure\": " + secure))).warnings())
        .hasSize(warnings);
  }

  static Stream<Arguments> wrongFields() {
    String at = "config.email.";
    String many =
        IntStream.range(0, 1000)
            .mapToObj(i -> "\"a" + i + "@x.com\"")
            .collect(Collectors.joining(",", "\"recipients\": [", "]"));
    return Stream.of(
        row(39, "\"recipients\": []", at + "recipients", "required"),
        row(39, "\"recipients\": null", at + "recipients", "required"),
        row(39, many, at + "recipients", "too-many"),
        row(39, "\"recipients\": [\"a@b\"]", at + "recipients[0]", "invalid-address"),
        row(
            39,
            "\"recipients\": [\"b@x.com\", \"a@x.com\\r\\nBcc: e@x.com\"]",
            at + "recipients[1]",
            "invalid-address"),
        row(39, "\"recipients\": [\"a@x.com,b@x.com\"]", at + "recipients[0]", "invalid-address"),
        row(39, "\"recipients\": [\"a@[127.0.0.1]\"]", at + "recipients[0]", "invalid-address"),
        row(39, "\"recipients\": [\"@x.com\"]", at + "recipients[0]", "invalid-address"),
        row(
            39,
            "\"recipients\": [\"" + "a".repeat(294) + "@x.com\"]",
            at + "recipients[0]",
            "invalid-address"),
        row(39, "\"recipients\": \"a@x.com\"", at + "recipients", "invalid-value"),
        row(39, "\"recipients\": [7]", at + "recipients", "invalid-value"),
        row(40, "\"from\": \"a@x.com\\r\\nBcc: e@x.com\"", at + "from", "invalid-address"),
        row(40, "\"from\": \"a@x.com, b@x.com\"", at + "from", "invalid-address"),
        row(40, "\"from\": \"audit\"", at + "from", "invalid-address"),
        row(40, "\"from\": null", at + "from", "required"),
        row(41, "\"subject\": \"one\\ntwo\"", at + "subject", "invalid-value"),
        row(41, "\"subject\": \"" + "s".repeat(10_000) + "\"", at + "subject", "too-long"),
        row(41, "\"subject\": \"" + "😀".repeat(250) + "\"", at + "subject", "too-long"),
        row(41, "\"subject\": \" \"", at + "subject", "required"),
        row(42, "\"service\": \"foo\"", at + "service", "invalid-value"),
        row(42, "\"service\": \"SMTP\"", at + "service", "invalid-value"),
        row(42, "\"service\": null", at + "service", "required"),
        row(42, "\"smtpConfig\": null", at + "smtpConfig", "required"),
        row(42, "\"smtpConfig\": \"smtp.x.com\"", at + "smtpConfig", "invalid-value"),
        row(42, smtp("\"host\": \"smtp://x.com\""), at + "smtpConfig.host", "invalid-host"),
        row(42, smtp("\"host\": \"x.com:25\""), at + "smtpConfig.host", "invalid-host"),
        row(42, smtp("\"host\": \"x.com\\r\\n\""), at + "smtpConfig.host", "invalid-host"),
        row(42, smtp("\"host\": \"127.1\""), at + "smtpConfig.host", "invalid-host"),
        row(42, smtp("\"host\": \"2130706433\""), at + "smtpConfig.host", "invalid-host"),
        row(42, smtp("\"host\": null"), at + "smtpConfig.host", "required"),
        row(42, smtp("\"port\": 0"), at + "smtpConfig.port", "out-of-range"),
        row(42, smtp("\"port\": 65536"), at + "smtpConfig.port", "out-of-range"),
        row(42, smtp("\"port\": \"587\""), at + "smtpConfig.port", "invalid-value"),
        row(42, smtp("\"secure\": \"yes\""), at + "smtpConfig.secure", "invalid-value"),
        row(42, smtp("\"tls\": {}"), at + "smtpConfig.tls", "unknown-field"),
        row(42, smtp("\"auth\": {\"user\": \"u\"}"), at + "smtpConfig.auth.pass", "required"),
        row(42, "\"apiKey\": \"SG.x\"", at + "apiKey", "unknown-field"),
        row(43, off("\"algorithm\": \"AES-128-ECB\""), at + "encryption.algorithm", UNSUPPORTED),
        row(43, off("\"algorithm\": \"none\""), at + "encryption.algorithm", UNSUPPORTED),
        row(
            43,
            on("\"algorithm\": \"AES-256-CBC\", \"password\": \"" + GOOD + "\""),
            at + "encryption.algorithm",
            UNSUPPORTED),
        row(43, on("\"algorithm\": \"AES-256-GCM\""), at + "encryption", "encryption-key-missing"),
        row(
            43,
            on("\"certificates\": null, \"password\": null"),
            at + "encryption",
            "encryption-key-missing"),
        row(
            43,
            on("\"certificates\": \"x\", \"password\": \"" + GOOD + "\""),
            at + "encryption",
            "encryption-key-ambiguous"),
        row(
            43,
            on("\"certificates\": \"MIID\""),
            at + "encryption.certificates",
            "invalid-certificate"),
        row(
            43,
            on("\"certificates\": \"" + CERTIFICATE + "\""),
            at + "encryption.certificates",
            "certificate-for-other-address"),
        row(43, on("\"certificates\": 7"), at + "encryption.certificates", "invalid-value"),
        row(
            43,
            on("\"recipientCertificate\": \"x\", \"password\": \"" + GOOD + "\""),
            at + "encryption.recipientCertificate",
            "unknown-field"),
        row(
            43,
            "\"recipients\": [\"privacy-officer@hospital.com\"], "
                + on("\"coverTemplate\": \"c\", \"certificates\": \"" + CERTIFICATE + "\""),
            at + "encryption.coverTemplate",
            "unknown-field"),
        row(
            43,
            "\"encryption\": {\"algorithm\": \"AES-256-GCM\"}",
            at + "encryption.enabled",
            "required"),
        row(
            43,
            "\"encryption\": {\"enabled\": \"true\", \"password\": \"" + GOOD + "\"}",
            at + "encryption.enabled",
            "invalid-value"),
        row(43, off("\"certificates\": \"x\""), at + "encryption.certificates", "unknown-field"),
        row(44, off("\"password\": \"abc\""), at + "encryption.password", "unknown-field"),
        row(44, on("\"password\": \"abc\""), at + "encryption.password", "weak-password"),
        row(
            44,
            on("\"password\": \"undefined\""),
            at + "encryption.password",
            "credential-looks-unset"),
        row(
            43,
            "\"subject\": \"{{patient}}\", " + on("\"password\": \"" + GOOD + "\""),
            at + "subject",
            "shown-in-clear"),
        row(
            58,
            on("\"password\": \"" + GOOD + "\", \"coverTemplate\": \"{{a\""),
            at + "encryption.coverTemplate",
            "template-syntax"),
        row(51, "\"recipient\": \"a@x.com\"", at + "recipient", "unknown-field"),
        row(58, "\"bodyTemplate\": \"{{a\"", at + "bodyTemplate", "template-syntax"),
        row(58, "\"bodyTemplate\": \"a }} b\"", at + "bodyTemplate", "template-syntax"),
        row(58, "\"htmlTemplate\": \"{{{a}}}\"", at + "htmlTemplate", "template-syntax"),
        row(58, "\"bodyTemplate\": \"{{#if}}\"", at + "bodyTemplate", "template-syntax"),
        row(58, "\"subject\": \"{{a{{b}}}}\"", at + "subject", "template-syntax"),
        row(58, "\"attachmentName\": \"{{a\"", at + "attachmentName", "template-syntax"),
        row(58, "\"bodyTemplate\": 7", at + "bodyTemplate", "invalid-value"),
        row(
            61,
            "\"bodyTemplate\": \"" + "x".repeat(1024 * 1024 + 1) + "\"",
            at + "bodyTemplate",
            "too-long"),
        row(13, "\"attachmentName\": \"../etc/passwd\"", at + "attachmentName", "invalid-value"),
        row(13, "\"attachmentName\": \"a\\\\b\"", at + "attachmentName", "invalid-value"),
        row(13, "\"attachmentName\": \"a\\nb\"", at + "attachmentName", "invalid-value"));
  }

  private static Arguments row(int row, String fields, String field, String code) {
    String shown = fields.length() > 60 ? fields.substring(0, 60) + "..." : fields;
    return argumentSet("row " + row + ": " + shown, fields, field, code);
  }

  @ParameterizedTest
  @MethodSource("wrongFields")
  void refusesAWrongField(String fields, String field, String code) {
    assertThat(errors(email(fields)))
        .singleElement()
        .satisfies(error -> {
          assertThat(error.field()).isEqualTo(field);
          assertThat(error.code()).isEqualTo(code);
          assertThat(error.message()).doesNotContain("x.com\r", "e@x.com", "SG.x", "abc");
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"recipients\": [\"Compliance <c@x.com>\"]",
        "\"subject\": \"Report 😀\"",
        "\"smtpConfig\": {\"host\": \"192.0.2.7\", \"port\": 25}",
        "\"smtpConfig\": {\"host\": \"2001:db8::7\"}",
        "\"smtpConfig\": {\"host\": \"relay\", \"auth\": null}",
        "\"apiKey\": null, \"config\": null, \"encryption\": null",
      })
  void acceptsWhatIsUnusualAndRight(String fields) {
    valid(email(fields));
  }

  @DisplayName("row 39: folds recipients that are named again and says so")
  @Test
  void foldsRecipientsThatAreNamedAgainAndSaysSo() {
    DestinationJson.Valid valid =
        valid(
            email("\"recipients\": [\"b@x.com\", \"B Team <b@X.COM>\", \"c@x.com\", \"c@x.com\"]"));

    assertThat(((EmailConfig) valid.spec().config()).recipients())
        .containsExactly("b@x.com", "c@x.com");
    assertThat(valid.warnings())
        .singleElement()
        .satisfies(words -> assertThat(words).contains("2 addresses again").doesNotContain("@"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"undefined", "", " ", "null", "${SMTP_PASSWORD}", "[object Object]"})
  void noticesAPasswordThatWasNeverSet(String password) {
    List<FieldError> errors =
        errors(email(smtp("\"auth\": {\"user\": \"audit\", \"pass\": \"" + password + "\"}")));

    assertThat(errors)
        .singleElement()
        .satisfies(error -> {
          assertThat(error.field()).isEqualTo("config.email.smtpConfig.auth.pass");
          assertThat(error.code()).isEqualTo("credential-looks-unset");
        });
  }

  @Test
  void readsEncryptionToCertificates() {
    DestinationJson.Valid valid =
        valid(
            email(
                "\"recipients\": [\"privacy-officer@hospital.com\"], "
                    + on("\"certificates\": \"" + CERTIFICATE + "\"")));

    assertThat(((EmailConfig) valid.spec().config()).encryption())
        .contains(new MailEncryption.ToCertificates(CERTIFICATE.replace("\\n", "\n")));
    assertThat(valid.credentials()).isEmpty();
    assertThat(valid.warnings()).isEmpty();
  }

  @Test
  void readsEncryptionToAPasswordAsACredential() {
    DestinationJson.Valid valid =
        valid(
            email(
                on(
                    "\"password\": \""
                        + GOOD
                        + "\", \"coverTemplate\": \"{{date}}\", \"algorithm\": \"aes-256-gcm\"")));

    EmailConfig config = (EmailConfig) valid.spec().config();
    assertThat(config.encryption())
        .contains(new MailEncryption.ToPassword(Optional.of("{{date}}")));
    assertThat(config.credentialNames()).containsExactly(EmailConfig.ENCRYPTION_PASSWORD);
    assertThat(valid.credentials()).isEqualTo(Map.of(EmailConfig.ENCRYPTION_PASSWORD, GOOD));
    assertThat(valid.toString()).doesNotContain(GOOD);
  }

  @DisplayName("row 53: a mask keeps the password")
  @Test
  void aMaskKeepsThePassword() {
    assertThat(valid(email(on("\"password\": \"**** (a1b2c3)\""))).credentials())
        .containsEntry(EmailConfig.ENCRYPTION_PASSWORD, "**** (a1b2c3)");
  }

  @Test
  void judgesCertificatesByTheTimeItIsGiven() {
    byte[] json =
        email(
                "\"recipients\": [\"privacy-officer@hospital.com\"], "
                    + on("\"certificates\": \"" + CERTIFICATE + "\""))
            .getBytes(StandardCharsets.UTF_8);

    assertThat(DestinationJson.parse(json, Instant.parse("2127-01-01T00:00:00Z")))
        .isInstanceOfSatisfying(
            DestinationJson.Invalid.class,
            invalid ->
                assertThat(invalid.errors())
                    .extracting(FieldError::field, FieldError::code)
                    .containsExactly(
                        tuple("config.email.encryption.certificates", "certificate-expired")));
    assertThat(DestinationJson.parse(json, Instant.parse("2020-01-01T00:00:00Z")))
        .isInstanceOfSatisfying(
            DestinationJson.Invalid.class,
            invalid ->
                assertThat(invalid.errors())
                    .extracting(FieldError::code)
                    .containsExactly("certificate-not-yet-valid"));
    assertThat(DestinationJson.parse(json, Instant.parse("2126-10-20T00:00:00Z")))
        .isInstanceOfSatisfying(
            DestinationJson.Valid.class,
            valid -> assertThat(valid.warnings()).singleElement().asString().contains("expires"));
  }

  @Test
  void thePasswordIsNotTheOrganizationsId() {
    String json =
        email(on("\"password\": \"hospital-of-the-town-001\""))
            .replace(
                "\"organizationId\": \"o\"", "\"organizationId\": \"hospital-of-the-town-001\"");

    assertThat(errors(json)).extracting(FieldError::code).containsExactly("weak-password");
  }

  @Test
  void namesEverythingThatIsWrongAtOnce() {
    List<FieldError> errors =
        errors(
            """
            {"organizationId": "o", "label": "l", "type": "email", "config": {"email": {
              "service": "smtp", "smtpConfig": {"host": "a b", "port": 0, "auth": {"user": ""}},
              "from": "x", "subject": "{{", "recipients": ["y"], "bodyTemplate": "}}", "timeout": 1,
              "retryConfig": {"maxRetries": -1}}}}
            """);

    assertThat(errors)
        .extracting(FieldError::field)
        .containsExactlyInAnyOrder(
            "config.email.smtpConfig.host",
            "config.email.smtpConfig.port",
            "config.email.smtpConfig.auth.user",
            "config.email.smtpConfig.auth.pass",
            "config.email.from",
            "config.email.subject",
            "config.email.recipients[0]",
            "config.email.bodyTemplate",
            "config.email.timeout",
            "config.email.retryConfig.maxRetries");
  }

  @Test
  void theGuidesExampleIsRight() throws IOException {
    String guide = Files.readString(Path.of("../../docs/guide/email.md"));
    int begin = guide.indexOf("```json") + "```json".length();

    DestinationJson.Valid valid = valid(guide.substring(begin, guide.indexOf("```", begin)));

    assertThat(((EmailConfig) valid.spec().config()).recipients()).hasSize(2);
  }
}
