package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.WebhookConfig;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Cidr;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorPolicyTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final OrganizationId ORG = new OrganizationId("org-1");
  private final OperatorPolicy policy = policy();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:8080/",
        "http://localhost/",
        "http://x.localhost/",
        "http://[::]/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "http://100.100.100.200/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://localhost./",
        "http://ip6-localhost/",
        "http://metadata.google.internal/",
        "http://2130706433/"
      })
  void refusesWhatAHostSpellsOut(String url) {
    assertThat(policy.check(ORG, webhook(url)))
        .extracting(FieldError::field, FieldError::code)
        .containsExactly(tuple("config.webhook.url", "address-denied"));
  }

  /** {@code 127.1} is no host of a URL at all, which the rules of the format say. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://hooks.example.com/",
        "http://127.1/",
        "https://93.184.215.14/",
        "https://7.io/"
      })
  void letsOthersPassWithoutALookUp(String url) {
    assertThat(policy.check(ORG, webhook(url))).isEmpty();
  }

  @Test
  void judgesMailServersAndStoresToo() {
    assertThat(policy.check(ORG, email("10.1.2.3")))
        .extracting(FieldError::field)
        .containsExactly("config.email.smtpConfig.host");
    assertThat(policy.check(ORG, email("smtp.example.com"))).isEmpty();
    assertThat(policy.check(ORG, storage("http://127.0.0.1:9000")))
        .extracting(FieldError::field)
        .containsExactly("config.storage.config.endpoint");
  }

  @Test
  void refusesPortsOfOtherServices() {
    for (int port : List.of(22, 25, 6379, 9092)) {
      assertThat(policy.check(ORG, webhook("https://hooks.example.com:" + port + "/in")))
          .singleElement()
          .satisfies(error -> {
            assertThat(error.field()).isEqualTo("config.webhook.url");
            assertThat(error.code()).isEqualTo("port-denied");
            assertThat(error.message()).contains("port " + port, "allowPorts");
          });
      assertThat(policy.check(ORG, storage("https://store.example.com:" + port)))
          .extracting(FieldError::field, FieldError::code)
          .containsExactly(tuple("config.storage.config.endpoint", "port-denied"));
    }
    assertThat(policy.check(ORG, email("smtp.example.com", 6379, TIMEOUT)))
        .extracting(FieldError::field, FieldError::code)
        .containsExactly(tuple("config.email.smtpConfig.port", "port-denied"));
    for (int port : List.of(25, 465, 587)) {
      assertThat(policy.check(ORG, email("smtp.example.com", port, TIMEOUT))).isEmpty();
    }
  }

  @Test
  void saysAllThatIsWrongWithAnAddress() {
    assertThat(policy.check(ORG, webhook("http://127.0.0.1:6379/")))
        .extracting(FieldError::code)
        .containsExactly("address-denied", "port-denied");
  }

  @Test
  void allowsWhatTheOperatorAllows() {
    OperatorPolicy lenient = policy(Cidr.parse("127.0.0.0/8"));

    assertThat(lenient.check(ORG, webhook("http://127.0.0.1:8080/"))).isEmpty();
    assertThat(lenient.check(ORG, webhook("http://localhost:8080/"))).isEmpty();
    assertThat(lenient.check(ORG, webhook("http://10.0.0.1/"))).hasSize(1);
  }

  private static OperatorPolicy policy(Cidr... allowed) {
    return new OperatorPolicy(
        new AddressGuard(
            host -> {
              throw new AssertionError("looked up " + host);
            },
            List.of(allowed),
            1),
        Sending.defaults());
  }

  private static DestinationConfig webhook(String url) {
    return webhook(url, TIMEOUT);
  }

  static DestinationConfig webhook(String url, Duration timeout) {
    return new WebhookConfig(
        URI.create(url), "POST", List.of(), timeout, Optional.empty(), WebhookConfig.Body.DATA);
  }

  private static DestinationConfig email(String host) {
    return email(host, 587, TIMEOUT);
  }

  static DestinationConfig email(String host, int port, Duration timeout) {
    return new EmailConfig(
        new EmailConfig.Smtp(host, port, false, false),
        "a@example.com",
        "subject",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of("b@example.com"),
        timeout,
        Optional.empty());
  }

  private static DestinationConfig storage(String endpoint) {
    return storage(endpoint, TIMEOUT);
  }

  static DestinationConfig storage(String endpoint, Duration timeout) {
    return new StorageConfig(
        "us-east-1",
        "bucket",
        Optional.of(URI.create(endpoint)),
        true,
        "/a/",
        "AES256",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        StorageConfig.Credentials.KEYS,
        timeout,
        Optional.empty());
  }
}
