package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RetryConfig;
import io.waybill.domain.WebhookConfig;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationJsonTest {
  private static final String TUTORIAL =
      """
      {
        "organizationId": "hospital-001",
        "label": "SIEM Integration",
        "type": "webhook",
        "description": "Real-time audit events to SIEM system",
        "config": {
          "webhook": {
            "url": "https://siem.hospital.com/api/audit-events",
            "method": "POST",
            "headers": {
              "Content-Type": "application/json",
              "Authorization": "Bearer s3cr3t",
              "X-Source": "audit-system"
            },
            "timeout": 15000,
            "retryConfig": {"maxRetries": 5, "backoffMultiplier": 2, "maxBackoffDelay": 120000}
          }
        }
      }
      """;

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

  /** The least webhook, with something added or replaced in its configuration. */
  private static String webhook(String fields) {
    String url = fields.contains("\"url\"") ? "" : "\"url\": \"https://h.example/x\"";
    return """
    {"organizationId": "o", "label": "l", "type": "webhook", "config": {"webhook": {%s%s%s}}}
    """
        .formatted(url, url.isEmpty() || fields.isEmpty() ? "" : ", ", fields);
  }

  @Test
  void readsTheTutorialsWebhook() {
    DestinationJson.Valid valid = valid(TUTORIAL);

    assertThat(valid.spec().organizationId()).isEqualTo(new OrganizationId("hospital-001"));
    assertThat(valid.spec().label()).isEqualTo("SIEM Integration");
    assertThat(valid.spec().description()).contains("Real-time audit events to SIEM system");
    assertThat(valid.spec().isDefault()).isFalse();
    WebhookConfig config = (WebhookConfig) valid.spec().config();
    assertThat(config.url()).hasToString("https://siem.hospital.com/api/audit-events");
    assertThat(config.method()).isEqualTo("POST");
    assertThat(config.headerNames()).containsExactly("Content-Type", "Authorization", "X-Source");
    assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(15));
    assertThat(config.retry())
        .contains(new RetryConfig(5, Duration.ofSeconds(1), 2, Duration.ofSeconds(120)));
    assertThat(config.body()).isEqualTo(WebhookConfig.Body.DATA);
    assertThat(valid.credentials())
        .isEqualTo(
            Map.of(
                "webhook.headers.content-type", "application/json",
                "webhook.headers.authorization", "Bearer s3cr3t",
                "webhook.headers.x-source", "audit-system"));
    assertThat(valid.warnings()).isEmpty();
  }

  @Test
  void warnsOfWhatIsAllowedAndYetRarelyMeant() {
    DestinationJson.Valid odd =
        valid(webhook("\"url\": \"http://h.example/x\", \"timeout\": 300000"));

    assertThat(odd.warnings()).hasSize(2);
    assertThat(odd.warnings().get(0)).contains("config.webhook.timeout");
    assertThat(odd.warnings().get(1)).contains("config.webhook.url").contains("http");
    assertThat(valid(webhook("\"timeout\": 60000")).warnings()).isEmpty();
  }

  @Test
  void fillsInWhatIsLeftOut() {
    DestinationJson.Valid valid = valid(webhook("\"method\": null, \"headers\": null"));

    WebhookConfig config = (WebhookConfig) valid.spec().config();
    assertThat(config.method()).isEqualTo("POST");
    assertThat(config.timeout()).isEqualTo(WebhookConfig.DEFAULT_TIMEOUT);
    assertThat(config.retry()).isEqualTo(Optional.empty());
    assertThat(config.headerNames()).isEmpty();
    assertThat(valid.spec().description()).isEmpty();
  }

  @Test
  void aShortMaximumDelayShortensTheBaseThatWasNotGiven() {
    DestinationConfig config =
        valid(webhook("\"retryConfig\": {\"maxRetries\": 2, \"maxBackoffDelay\": 200}"))
            .spec()
            .config();

    assertThat(config.retry().orElseThrow().baseDelay()).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void readsIsDefaultAndEnvelope() {
    String json =
        webhook("\"body\": \"envelope\"").replace("\"label\"", "\"isDefault\": true, \"label\"");

    assertThat(valid(json).spec().isDefault()).isTrue();
    assertThat(((WebhookConfig) valid(json).spec().config()).body())
        .isEqualTo(WebhookConfig.Body.ENVELOPE);
  }

  @Test
  void doesNotPrintHeaderValues() {
    assertThat(valid(TUTORIAL).toString()).doesNotContain("s3cr3t").contains("3 credentials");
  }

  @Test
  void namesEverythingThatIsWrongAtOnce() {
    List<FieldError> errors =
        errors(
            """
            {
              "organizationId": "../x", "type": "webhook", "isDefault": "yes", "colour": 1,
              "config": {"webhook": {
                "url": "ftp://h", "method": "GET", "heders": {}, "timeout": 0, "body": "xml",
                "headers": {"Host": "h", "Authorization": "Bearer undefined"},
                "retryConfig": {"maxRetries": -1, "backoffMultiplier": 0.5}}}
            }
            """);

    assertThat(errors)
        .extracting(FieldError::field)
        .containsExactlyInAnyOrder(
            "colour",
            "organizationId",
            "label",
            "isDefault",
            "config.webhook.heders",
            "config.webhook.url",
            "config.webhook.method",
            "config.webhook.headers.Host",
            "config.webhook.headers.Authorization",
            "config.webhook.timeout",
            "config.webhook.body",
            "config.webhook.retryConfig.maxRetries",
            "config.webhook.retryConfig.backoffMultiplier");
  }

  @DisplayName("rows 37, 38, 51: refuses a wrong field")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"url\": \"ftp://h.example/x\" | config.webhook.url | invalid-url",
        "\"url\": \"file:///etc/passwd\" | config.webhook.url | invalid-url",
        "\"url\": \"//host/x\" | config.webhook.url | invalid-url",
        "\"url\": \"https:///x\" | config.webhook.url | invalid-url",
        "\"url\": \" https://h.example\" | config.webhook.url | invalid-url",
        "\"url\": \"https://user:pass@h.example/\" | config.webhook.url | userinfo-not-allowed",
        "\"url\": \"https://h.example:99999/\" | config.webhook.url | invalid-url",
        "\"url\": \"https://h.example/a b\" | config.webhook.url | invalid-url",
        "\"url\": \"https://h.example/\\r\\n\" | config.webhook.url | invalid-url",
        "\"url\": \"\" | config.webhook.url | required",
        "\"url\": null | config.webhook.url | required",
        "\"url\": 7 | config.webhook.url | invalid-value",
        "\"method\": \"GET\" | config.webhook.method | invalid-value",
        "\"method\": \"TRACE\" | config.webhook.method | invalid-value",
        "\"method\": \"post\" | config.webhook.method | invalid-value",
        "\"method\": \"POST\\r\\nX: y\" | config.webhook.method | invalid-value",
        "\"headers\": {\"Host\": \"h\"} | config.webhook.headers.Host | forbidden-header",
        "\"headers\": {\"Content-Length\": \"1\"} | config.webhook.headers.Content-Length"
            + " | forbidden-header",
        "\"headers\": {\"webhook-signature\": \"x\"} | config.webhook.headers.webhook-signature"
            + " | forbidden-header",
        "\"headers\": {\"a b\": \"x\"} | config.webhook.headers.a?b | invalid-header",
        "\"headers\": {\"\": \"x\"} | config.webhook.headers. | invalid-header",
        "\"headers\": {\"X-A\": \"a\\r\\nX-B: b\"} | config.webhook.headers.X-A | invalid-header",
        "\"headers\": {\"X-A\": 7} | config.webhook.headers.X-A | invalid-value",
        "\"headers\": {\"X-A\": null} | config.webhook.headers.X-A | invalid-value",
        "\"headers\": {\"X-A\": \"1\", \"x-a\": \"2\"} | config.webhook.headers.x-a"
            + " | invalid-header",
        "\"headers\": [] | config.webhook.headers | invalid-value",
        "\"headers\": {\"Authorization\": \"\"} | config.webhook.headers.Authorization"
            + " | credential-looks-unset",
        "\"headers\": {\"Authorization\": \"Bearer undefined\"}"
            + " | config.webhook.headers.Authorization | credential-looks-unset",
        "\"headers\": {\"Authorization\": \"Bearer \"} | config.webhook.headers.Authorization"
            + " | credential-looks-unset",
        "\"headers\": {\"Authorization\": \"Bearer ${env:TOKEN}\"}"
            + " | config.webhook.headers.Authorization | reference-not-allowed",
        "\"headers\": {\"X-A\": \"${file:/etc/waybill/keyset.json}\"}"
            + " | config.webhook.headers.X-A | reference-not-allowed",
        "\"url\": \"https://${env:HOST}/x\" | config.webhook.url | reference-not-allowed",
        "\"timeout\": 0 | config.webhook.timeout | out-of-range",
        "\"timeout\": -5 | config.webhook.timeout | out-of-range",
        "\"timeout\": 1000000000 | config.webhook.timeout | out-of-range",
        "\"timeout\": 99999999999999999999999 | config.webhook.timeout | out-of-range",
        "\"timeout\": \"15s\" | config.webhook.timeout | invalid-value",
        "\"timeout\": 0.5 | config.webhook.timeout | invalid-value",
        "\"retryConfig\": {\"maxRetries\": -1} | config.webhook.retryConfig.maxRetries"
            + " | out-of-range",
        "\"retryConfig\": {\"maxRetries\": 1000000} | config.webhook.retryConfig.maxRetries"
            + " | out-of-range",
        "\"retryConfig\": {\"maxRetries\": 4294967297} | config.webhook.retryConfig.maxRetries"
            + " | out-of-range",
        "\"retryConfig\": {\"maxRetries\": \"3\"} | config.webhook.retryConfig.maxRetries"
            + " | invalid-value",
        "\"retryConfig\": {\"backoffMultiplier\": 0}"
            + " | config.webhook.retryConfig.backoffMultiplier | out-of-range",
        "\"retryConfig\": {\"backoffMultiplier\": 0.5}"
            + " | config.webhook.retryConfig.backoffMultiplier | out-of-range",
        "\"retryConfig\": {\"backoffMultiplier\": 1000}"
            + " | config.webhook.retryConfig.backoffMultiplier | out-of-range",
        "\"retryConfig\": {\"baseDelay\": 5000, \"maxBackoffDelay\": 1000}"
            + " | config.webhook.retryConfig.maxBackoffDelay | out-of-range",
        "\"retryConfig\": {\"retries\": 1} | config.webhook.retryConfig.retries | unknown-field",
        "\"retryConfig\": 3 | config.webhook.retryConfig | invalid-value",
        "\"body\": \"xml\" | config.webhook.body | invalid-value",
        "\"heders\": {} | config.webhook.heders | unknown-field",
      })
  void refusesAWrongField(String fields, String field, String code) {
    List<FieldError> errors = errors(webhook(fields));

    assertThat(errors).hasSize(1);
    assertThat(errors.get(0).field()).isEqualTo(field);
    assertThat(errors.get(0).code()).isEqualTo(code);
  }

  @Test
  void neverRepeatsAPasswordOrAHeaderValue() {
    List<FieldError> errors =
        errors(
            webhook(
                "\"url\": \"https://user:hunter2@h.example/\", \"headers\": {\"X-A\":"
                    + " \"hunter2\\n\"}"));

    assertThat(errors).hasSize(2);
    assertThat(errors.toString()).doesNotContain("hunter2");
  }

  @DisplayName("row 36: limits the number and the size of headers")
  @Test
  void limitsTheNumberAndTheSizeOfHeaders() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      many.append(i == 0 ? "" : ",").append("\"X-").append(i).append("\": \"v\"");
    }
    assertThat(errors(webhook("\"headers\": {" + many + "}")))
        .extracting(FieldError::code)
        .containsExactly("too-many");
    String half = "v".repeat(5_000);
    assertThat(
            errors(webhook("\"headers\": {\"X-A\": \"" + half + "\", \"X-B\": \"" + half + "\"}")))
        .extracting(FieldError::code)
        .containsExactly("too-long");
  }

  @Test
  void saysWhichFieldsOfAReadBackWaybillSets() {
    String json = webhook("").replace("\"label\"", "\"id\": \"x\", \"version\": 1, \"label\"");

    assertThat(errors(json))
        .extracting(FieldError::toString)
        .containsExactly(
            "id: is set by Waybill: leave it out", "version: is set by Waybill: leave it out");
  }

  @DisplayName("row 51: refuses the configuration of two types")
  @Test
  void refusesTheConfigurationOfTwoTypes() {
    String json = webhook("").replace("\"webhook\": {", "\"email\": {}, \"webhook\": {");

    assertThat(errors(json))
        .extracting(FieldError::field, FieldError::code)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("config.email", "unknown-field"));
  }

  @DisplayName("row 34: warns of clear text that leaves the machine")
  @ParameterizedTest
  @CsvSource({
    "http://siem.hospital.com/x, 1",
    "HTTP://siem.hospital.com/x, 1",
    "https://siem.hospital.com/x, 0",
    "http://127.0.0.1:8080/x, 0",
    "http://localhost:8080/x, 0",
    "http://[::1]:8080/x, 0",
    "http://127.0.0.1.evil.example/x, 1",
  })
  void warnsOfClearTextThatLeavesTheMachine(String url, int warnings) {
    assertThat(valid(webhook("\"url\": \"" + url + "\"")).warnings()).hasSize(warnings);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "x",
        "{",
        "{} {}",
        "42",
        "null",
        "\"x\"",
        "{\"a\": 1, \"a\": 2}",
        "[",
        "// c\n{}"
      })
  void refusesWhatIsNotOneObject(String json) {
    assertThat(errors(json)).extracting(FieldError::code).containsExactly("malformed");
  }

  static Stream<byte[]> otherEncodings() {
    return Stream.of(
        new byte[] {'{', (byte) 0xFF, '}'},
        webhook("").getBytes(StandardCharsets.UTF_16LE),
        webhook("").getBytes(StandardCharsets.UTF_16BE),
        webhook("").getBytes(Charset.forName("UTF-32LE")),
        new byte[] {'{', 0, 0, 0, 7});
  }

  @ParameterizedTest
  @MethodSource("otherEncodings")
  void refusesWhatIsNotUtf8(byte[] json) {
    assertThat(DestinationJson.parse(json))
        .isInstanceOfSatisfying(
            DestinationJson.Invalid.class,
            invalid ->
                assertThat(invalid.errors())
                    .extracting(FieldError::code)
                    .containsExactly("malformed"));
  }

  @Test
  void readsAListAndNamesEachBadElement() {
    String list = "[" + TUTORIAL + ", 7, " + webhook("\"timeout\": 1") + "]";

    List<DestinationJson.Parsed> parsed =
        DestinationJson.parseAll(list.getBytes(StandardCharsets.UTF_8));

    assertThat(parsed).hasSize(3);
    assertThat(parsed.get(0)).isInstanceOf(DestinationJson.Valid.class);
    assertThat(parsed.get(1)).isInstanceOf(DestinationJson.Invalid.class);
    assertThat(parsed.get(2)).isInstanceOf(DestinationJson.Invalid.class);
  }

  @Test
  void refusesAnEmptyList() {
    assertThat(DestinationJson.parseAll("[]".getBytes(StandardCharsets.UTF_8)))
        .singleElement()
        .isInstanceOf(DestinationJson.Invalid.class);
  }
}
