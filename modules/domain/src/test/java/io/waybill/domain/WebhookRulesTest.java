package io.waybill.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookRulesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://api.example.com/hooks",
        "http://localhost:8080/",
        "HTTPS://API.EXAMPLE.COM",
        "https://api.example.com:65535/a%2Fb/..;x=1?q=%0d%0a&r=1",
        "https://10.0.0.1/",
        "https://[2001:db8::1]:8443/x",
        "https://xn--bcher-kva.example/",
        // An address for the JVM: judged by the guard at each attempt, like every other.
        "http://2130706433/",
      })
  void takesHttpUrls(String url) {
    assertThat(WebhookRules.checkUrl(url)).isEmpty();
  }

  @DisplayName("rows 29, 30, 31, 32: refuses other URLs")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ftp://h/|invalid-url",
        "file:///etc/passwd|invalid-url",
        "gopher://h/|invalid-url",
        "jar:http://h/x!/|invalid-url",
        "javascript:alert(1)|invalid-url",
        "//host/x|invalid-url",
        "host/x|invalid-url",
        "https:/host|invalid-url",
        "https:///x|invalid-url",
        "https://|invalid-url",
        "` https://h`|invalid-url",
        "`https://h `|invalid-url",
        "https://exa mple.com/|invalid-url",
        "https://h/a b|invalid-url",
        "https://h/ä|invalid-url",
        "https://bücher.example/|invalid-url",
        "http://127.1/|invalid-url",
        "http://0x7f.1/|invalid-url",
        "http://my_service:8080/|invalid-url",
        "https://h:0/|invalid-url",
        "https://h:65536/|invalid-url",
        "https://h:99999/|invalid-url",
        "https://h:-1/|invalid-url",
        "https://h:x/|invalid-url",
        "https://h/#part|invalid-url",
        "http://good.com\\@127.0.0.1/|invalid-url",
        "http://good.com#@127.0.0.1/|invalid-url",
        "https://user:pass@h/|userinfo-not-allowed",
        "https://user@h/|userinfo-not-allowed",
        "https://@h/|userinfo-not-allowed",
        "http://a@127.0.0.1@evil.com/|userinfo-not-allowed",
        "``|required",
      })
  void refusesOtherUrls(String url, String code) {
    assertThat(WebhookRules.checkUrl(url))
        .isNotEmpty()
        .allSatisfy(error -> assertThat(error.field()).isEqualTo("config.webhook.url"))
        .extracting(FieldError::code)
        .contains(code);
  }

  @DisplayName("row 30: never repeats the password in a URL")
  @Test
  void neverRepeatsThePasswordInAUrl() {
    assertThat(
            List.of(
                WebhookRules.checkUrl("https://me:hunter2@h/"),
                WebhookRules.checkUrl("https://me:hunter2@h/ x"),
                WebhookRules.checkUrl("ftp://me:hunter2@h/#x")))
        .allSatisfy(errors -> assertThat(errors.toString()).doesNotContain("hunter2"));
  }

  @Test
  void refusesAUrlOfMoreThan2048Characters() {
    String start = "https://h/";

    assertThat(WebhookRules.checkUrl(start + "x".repeat(2048 - start.length()))).isEmpty();
    assertThat(WebhookRules.checkUrl(start + "x".repeat(2049 - start.length())))
        .extracting(FieldError::code)
        .containsExactly("invalid-url");
  }

  @DisplayName("row 35: refuses methods without a body")
  @ParameterizedTest
  @ValueSource(strings = {"GET", "TRACE", "CONNECT", "DELETE", "post", "", "POST\r\nX: y"})
  void refusesMethodsWithoutABody(String method) {
    assertThat(WebhookRules.checkMethod(method))
        .singleElement()
        .returns("config.webhook.method", FieldError::field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Authorization", "X-Api-Key", "content-type", "X_Under", "a.b", "1"})
  void takesHeaderNames(String name) {
    assertThat(WebhookRules.checkHeaderName(name)).isEmpty();
  }

  @DisplayName("row 36: refuses header names")
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "Host,forbidden-header",
        "content-length,forbidden-header",
        "Transfer-Encoding,forbidden-header",
        "CONNECTION,forbidden-header",
        "Keep-Alive,forbidden-header",
        "Expect,forbidden-header",
        "Upgrade,forbidden-header",
        "TE,forbidden-header",
        "Trailer,forbidden-header",
        "Proxy-Authorization,forbidden-header",
        "proxy-connection,forbidden-header",
        "webhook-signature,forbidden-header",
        "Webhook-Id,forbidden-header",
        "Waybill-Attempt,forbidden-header",
        ":path,invalid-header",
        "X Y,invalid-header",
        "`X\r\nY`,invalid-header",
        "X:,invalid-header",
        "Ä,invalid-header",
        "``,invalid-header",
        "(x),invalid-header",
      })
  void refusesHeaderNames(String name, String code) {
    assertThat(WebhookRules.checkHeaderName(name))
        .singleElement()
        .returns(code, FieldError::code)
        .satisfies(error -> assertThat(error.field()).startsWith("config.webhook.headers."))
        .satisfies(error -> assertThat(error.toString()).doesNotContain("\r", "\n"));
  }

  @Test
  void refusesTheSameHeaderInAnotherCase() {
    assertThat(WebhookRules.checkHeaderNames(List.of("X-One", "x-one")))
        .singleElement()
        .returns("config.webhook.headers.x-one", FieldError::field);
  }

  @Test
  void refusesMoreThan50Headers() {
    List<String> names = IntStream.rangeClosed(1, 51).mapToObj(i -> "X-" + i).toList();

    assertThat(WebhookRules.checkHeaderNames(names.subList(0, 50))).isEmpty();
    assertThat(WebhookRules.checkHeaderNames(names))
        .extracting(FieldError::code)
        .containsExactly("too-many");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "Authorization,Bearer s3cr3t-token",
        "Authorization,Basic dXNlcjpwYXNz",
        "Authorization,`Bearer a\tb`",
        "X-Note,none",
        "X-Type,basic",
        "X-Empty,``",
        "X-Url,%AB%CD%2F",
        "X-Price,$5 {x}",
      })
  void takesHeaderValues(String name, String value) {
    assertThat(WebhookRules.checkHeaderValue(name, value)).isEmpty();
  }

  @DisplayName("row 37: notices that a credential was never set")
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "Authorization,``",
        "Authorization,` `",
        "Authorization,Bearer undefined",
        "authorization,bearer UNDEFINED",
        "Authorization,`Bearer `",
        "Authorization,Bearer",
        "Authorization,Bearer null",
        "Authorization,Basic None",
        "Authorization,null",
        "Authorization,Bearer ${API_TOKEN}",
        "Authorization,Bearer {{token}}",
        "X-Api-Key,undefined",
        "X-Api-Key,``",
        "X-Auth-Token,null",
        "X-Anything,undefined",
        "X-Anything,${HOME}",
        "X-Anything,[object Object]",
      })
  void noticesThatACredentialWasNeverSet(String name, String value) {
    assertThat(WebhookRules.checkHeaderValue(name, value))
        .singleElement()
        .returns("credential-looks-unset", FieldError::code)
        .returns("config.webhook.headers." + name, FieldError::field);
  }

  @DisplayName("row 36: refuses header values that no header can carry")
  @ParameterizedTest
  @ValueSource(
      strings = {"a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "a\u007fb", "caf\u00e9", "\u2028"})
  void refusesHeaderValuesThatNoHeaderCanCarry(String value) {
    assertThat(WebhookRules.checkHeaderValue("X-One", value))
        .singleElement()
        .returns("invalid-header", FieldError::code)
        .satisfies(error -> assertThat(error.message()).doesNotContain(value));
  }

  @DisplayName("row 36: refuses headers of more than 8 KiB")
  @Test
  void refusesHeadersOfMoreThan8KiB() {
    assertThat(WebhookRules.checkHeaderValue("X", "v".repeat(8191))).isEmpty();
    assertThat(WebhookRules.checkHeaderValue("X", "v".repeat(8192)))
        .extracting(FieldError::code)
        .containsExactly("too-long");
    assertThat(WebhookRules.checkHeaderBytes(8192)).isEmpty();
    assertThat(WebhookRules.checkHeaderBytes(8193)).hasSize(1);
  }

  @Test
  void namesEverythingThatIsWrong() {
    WebhookConfig config =
        new WebhookConfig(
            URI.create("ftp://u@h/"),
            "GET",
            List.of("Host", "X Y"),
            Duration.ZERO,
            Optional.of(new RetryConfig(-1, Duration.ofSeconds(1), 0, Duration.ofSeconds(1))),
            WebhookConfig.Body.DATA);

    assertThat(WebhookRules.checkConfig(config))
        .extracting(FieldError::field)
        .containsExactlyInAnyOrder(
            "config.webhook.url",
            "config.webhook.method",
            "config.webhook.headers.Host",
            "config.webhook.headers.X?Y",
            "config.webhook.timeout",
            "config.webhook.retryConfig.maxRetries",
            "config.webhook.retryConfig.backoffMultiplier");
  }

  @Test
  void aConfigurationWithoutFaultHasNoErrors() {
    WebhookConfig config =
        new WebhookConfig(
            URI.create("https://api.example.com/hooks"),
            "POST",
            Collections.nCopies(1, "Authorization"),
            WebhookConfig.DEFAULT_TIMEOUT,
            Optional.empty(),
            WebhookConfig.Body.ENVELOPE);

    assertThat(WebhookRules.checkConfig(config)).isEmpty();
  }
}
