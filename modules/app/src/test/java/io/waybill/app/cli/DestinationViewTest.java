package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.client.plan.DestinationPlan;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationId;
import io.waybill.domain.SealedField;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.Sealer;
import io.waybill.wire.DestinationJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationViewTest {
  private static final DestinationId ID = new DestinationId("d-1");

  @Test
  void theReadBackShowsFingerprintsOnly() {
    Shown shown =
        shown(
            """
            {"organizationId": "o", "label": "l", "type": "webhook",
             "config": {"webhook": {"url": "https://h/x",
               "headers": {"Authorization": "Bearer t"}}}}
            """);

    assertThat(shown.json())
        .doesNotContain("Bearer")
        .contains(
            "\"Authorization\":\"**** (fingerprint "
                + shown.secrets().getFirst().fingerprint()
                + ")\"")
        .contains("\"url\":\"https://h/x\"");
  }

  /** A read-back that left it out would, applied again, be a wish for mails in clear. */
  @Test
  void theReadBackShowsEncryptionWithoutItsPassword() {
    Shown shown =
        shown(
            """
            {"organizationId": "o", "label": "l", "type": "email",
             "config": {"email": {"service": "smtp", "smtpConfig": {"host": "smtp.x.com"},
               "from": "a@x.com", "subject": "s", "recipients": ["b@x.com"],
               "encryption": {"enabled": true, "password": "correct horse battery staple",
                              "coverTemplate": "{{date}}"}}}}
            """);

    assertThat(shown.json())
        .doesNotContain("horse")
        .contains(
            "\"encryption\":{\"enabled\":true,\"algorithm\":\"AES-256-GCM\",\"password\":\"****"
                + " (fingerprint "
                + shown.secrets().getFirst().fingerprint()
                + ")\",\"coverTemplate\":\"{{date}}\"}");
  }

  @Test
  void aMailServiceIsShownWithoutItsKeys() {
    String base =
        """
        {"organizationId": "o", "label": "l", "type": "email",
         "config": {"email": {%s, "from": "a@x.com", "subject": "s", "recipients": ["b@x.com"]}}}
        """;
    Shown ses =
        shown(
            base.formatted(
                "\"service\": \"ses\", \"config\": {\"region\": \"us-east-1\", \"accessKeyId\":"
                    + " \"AKIAIOSFODNN7EXAMPLE\", \"secretAccessKey\":"
                    + " \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\", \"configurationSet\": \"set\"}"));
    Shown sendGrid =
        shown(base.formatted("\"service\": \"sendgrid\", \"apiKey\": \"SG.key-0123\""));

    assertThat(ses.json())
        .contains(
            "\"service\":\"ses\",\"config\":{\"region\":\"us-east-1\",\"accessKeyId\":\"****",
            "\"configurationSet\":\"set\"")
        .doesNotContain("AKIA", "wJalr");
    assertThat(sendGrid.json())
        .contains("\"service\":\"sendgrid\",\"apiKey\":\"****")
        .doesNotContain("SG.key");
  }

  /** What is shown can be applied again and means the same. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        {"organizationId": "o", "label": "l", "type": "storage", "config": {"storage": {
          "provider": "local", "config": {"root": "archive"}, "path": "a/"}}}
        """,
        """
        {"organizationId": "o", "label": "l", "type": "storage", "config": {"storage": {
          "provider": "s3", "path": "a/", "tags": {"b": "2", "a": "1"}, "metadata": {"c": "3"},
          "retention": {"days": 7, "autoCleanup": true, "mode": "clean-up"},
          "config": {"region": "us-east-1", "bucket": "bucket",
            "roleArn": "arn:aws:iam::123456789012:role/archive"}}}}
        """,
      })
  void theReadBackOfAStoreMeansTheSame(String json) {
    assertThat(config(shown(json).json())).isEqualTo(config(json));
  }

  private static DestinationConfig config(String json) {
    JsonNode section;
    try {
      section = new ObjectMapper().readTree(json).path("config");
    } catch (JsonProcessingException e) {
      throw new AssertionError(json, e);
    }
    String bare =
        "{\"organizationId\": \"o\", \"label\": \"l\", \"type\": \"storage\", \"config\": "
            + section
            + "}";
    DestinationJson.Parsed parsed = DestinationJson.parse(bare.getBytes(StandardCharsets.UTF_8));
    assertThat(parsed).isInstanceOf(DestinationJson.Valid.class);
    return ((DestinationJson.Valid) parsed).spec().config();
  }

  private record Shown(String json, List<SealedField> secrets) {}

  private static Shown shown(String wished) {
    DestinationJson.Valid wish =
        (DestinationJson.Valid) DestinationJson.parse(wished.getBytes(StandardCharsets.UTF_8));
    Sealer sealer = new Sealer(Keyset.generate());
    DestinationPlan.Create made =
        (DestinationPlan.Create)
            DestinationPlan.of(
                wish,
                Optional.empty(),
                List.of(),
                () -> sealer,
                (organization, id, config, field) -> field,
                () -> ID);
    DestinationJson.Spec spec = wish.spec();
    Instant now = Instant.parse("2026-01-31T08:00:00Z");
    Destination destination =
        new Destination(
            ID,
            spec.organizationId(),
            spec.label(),
            spec.description(),
            spec.config(),
            spec.fallback(),
            false,
            true,
            false,
            1,
            now,
            now);

    String json = DestinationView.json(destination, made.action().secrets()).toString();
    return new Shown(json, made.action().secrets());
  }
}
