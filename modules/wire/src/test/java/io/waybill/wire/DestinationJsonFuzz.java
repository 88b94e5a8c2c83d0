package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Mutations;
import java.time.Instant;
import java.util.List;

/** Files of destinations, as somebody writes them. */
public final class DestinationJsonFuzz {
  static final List<byte[]> SEEDS =
      List.of(
          Mutations.text(
              """
              {"organizationId":"hospital-001","label":"SIEM","description":"d","type":"webhook",
               "isDefault":true,"fallbackDestinationIds":["b"],"fallbackAfter":60000,
               "config":{"webhook":{"url":"https://siem.example/x","method":"PUT",
               "headers":{"Authorization":"Bearer abc","X-A":"1"},"timeout":15000,
               "retryConfig":{"maxRetries":5,"backoffMultiplier":1.5,"baseDelay":1000,
               "maxBackoffDelay":120000},"body":"envelope","gzip":true}}}
              """),
          Mutations.text(
              """
              {"organizationId":"o","label":"l","type":"email","config":{"email":{"service":"smtp",
               "smtpConfig":{"host":"smtp.x.com","port":587,"secure":false,
               "auth":{"user":"u","pass":"s3cr3t-of-mine"}},"from":"a@x.com","subject":"s {{date}}",
               "bodyTemplate":"{{#a}}{{.}}{{/a}}","recipients":["b@x.com","C <c@x.com>"],
               "encryption":{"enabled":true,"algorithm":"AES-256-GCM","password":"correct horse 17 b"}}}}
              """),
          Mutations.text(
              """
              {"organizationId":"o","label":"l","type":"storage","config":{"storage":{"provider":"s3",
               "path":"/logs/{organizationId}/{year}/","config":{"region":"us-east-1","bucket":"abc",
               "serverSideEncryption":"AES256","accessKeyId":"AKIAIOSFODNN7EXAMPLE",
               "secretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
               "retention":{"days":2555,"autoCleanup":true},"metadata":{"a":"b"},"tags":{"c":"d"}}}}
              """));
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private DestinationJsonFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    check(DestinationJson.parse(input, NOW));
    DestinationJson.parseAll(input).forEach(DestinationJsonFuzz::check);
  }

  private static void check(DestinationJson.Parsed parsed) {
    if (parsed instanceof DestinationJson.Invalid invalid) {
      assertThat(invalid.errors())
          .isNotEmpty()
          .allSatisfy(error -> {
            assertThat(error.field()).as("breaks no line").matches("[!-~]*");
            assertThat(error.message())
                .isNotBlank()
                .doesNotContain("s3cr3t-of-mine", "correct horse 17", "wJalrXUtnFEMI");
          });
    }
  }
}
