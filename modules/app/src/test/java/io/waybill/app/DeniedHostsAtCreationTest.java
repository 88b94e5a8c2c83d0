package io.waybill.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.guard.AddressGuard;
import io.waybill.wire.DestinationJson;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The list that no channel may call, at the moment when somebody creates a destination with it. */
class DeniedHostsAtCreationTest {
  private static final OrganizationId ORGANIZATION = new OrganizationId("org-1");

  private final OperatorPolicy policy =
      new OperatorPolicy(
          new AddressGuard(
              host -> {
                throw new AssertionError("looked up " + host);
              },
              List.of(),
              1),
          Sending.defaults());

  /** All but names that only a name server can tell. */
  static Stream<String> hosts() {
    return io.waybill.channel.contract.DeniedHosts.all().filter(host -> !host.endsWith(".nip.io"));
  }

  @DisplayName("row 23: no webhook is created")
  @ParameterizedTest(name = "\"{0}\"")
  @MethodSource("hosts")
  void noWebhookIsCreated(String host) {
    assertThat(
            errors(
                """
                {"organizationId": "org-1", "label": "x", "type": "webhook",
                 "config": {"webhook": {"url": %s}}}
                """,
                "http://" + host + ":8080/"))
        .extracting(FieldError::field)
        .contains("config.webhook.url");
  }

  @DisplayName("row 42: no email destination is created")
  @ParameterizedTest(name = "\"{0}\"")
  @MethodSource("hosts")
  void noEmailDestinationIsCreated(String host) {
    assertThat(
            errors(
                """
                {"organizationId": "org-1", "label": "x", "type": "email",
                 "config": {"email": {"service": "smtp", "smtpConfig": {"host": %s, "port": 587},
                   "from": "a@example.com", "subject": "s", "recipients": ["b@example.com"]}}}
                """,
                host))
        .extracting(FieldError::field)
        .contains("config.email.smtpConfig.host");
  }

  @DisplayName("row 46: no storage destination is created")
  @ParameterizedTest(name = "\"{0}\"")
  @MethodSource("hosts")
  void noStorageDestinationIsCreated(String host) {
    assertThat(
            errors(
                """
                {"organizationId": "org-1", "label": "x", "type": "storage",
                 "config": {"storage": {"provider": "s3", "path": "/a/",
                   "config": {"region": "us-east-1", "bucket": "bucket", "endpoint": %s,
                     "accessKeyId": "key-id", "secretAccessKey": "secret-key"}}}}
                """,
                "http://" + host + ":9000"))
        .extracting(FieldError::field)
        .contains("config.storage.config.endpoint");
  }

  private List<FieldError> errors(String json, String value) {
    String quoted = JsonNodeFactory.instance.textNode(value).toString();
    return switch (DestinationJson.parse(json.formatted(quoted).getBytes(UTF_8))) {
      case DestinationJson.Invalid invalid -> invalid.errors();
      case DestinationJson.Valid valid -> policy.check(ORGANIZATION, valid.spec().config());
    };
  }
}
