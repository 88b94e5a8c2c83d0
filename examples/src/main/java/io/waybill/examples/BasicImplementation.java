package io.waybill.examples;

import static io.waybill.client.RequestBuilder.request;

import io.waybill.client.Delivery;
import io.waybill.client.DestinationSpec;
import io.waybill.client.SavedDestination;
import io.waybill.client.WaybillClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/** Chapter 1: a pipeline for audit reports. */
public final class BasicImplementation {
  private final WaybillClient waybill;

  public BasicImplementation(WaybillClient waybill) {
    this.waybill = waybill;
  }

  /** Step 1. Retries and the circuit breaker are the operator's: they stand in waybill.yaml. */
  public static WaybillClient connect(String bootstrapServers, String registryUrl, Path keyset) {
    // example: connect
    WaybillClient waybill =
        WaybillClient.builder()
            .bootstrapServers(bootstrapServers)
            .schemaRegistry(registryUrl)
            .keyset(keyset)
            .actor("audit-service")
            .build();
    // end of example
    return waybill;
  }

  /** Step 2: the compliance team's mail, through SendGrid. */
  public SavedDestination complianceEmail(String sendGridApiKey) {
    // example: email
    SavedDestination complianceEmail =
        waybill.createDestination(
            DestinationSpec.email("hospital-001", "Compliance Team Email")
                .description("Daily compliance reports to the compliance team")
                .sendGrid(sendGridApiKey)
                .from("audit@hospital.com")
                .subject("Daily Compliance Report - {{date}}")
                .body(
                    """
                    Dear Compliance Team,

                    Please find attached the daily compliance report for {{date}}.

                    Summary:
                    - Total audit events: {{totalEvents}}
                    - Failed login attempts: {{failedLogins}}
                    - Data access events: {{dataAccess}}

                    Best regards,
                    Audit System
                    """)
                .recipients("compliance@hospital.com", "security@hospital.com"));
    // end of example
    return complianceEmail;
  }

  /** Step 2: the SIEM's webhook. */
  public SavedDestination siemWebhook(String url, String siemApiToken) {
    // example: webhook
    SavedDestination siemWebhook =
        waybill.createDestination(
            DestinationSpec.webhook("hospital-001", "SIEM Integration")
                .description("Real-time audit events to SIEM system")
                .url(url)
                .method("POST")
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + siemApiToken)
                .header("X-Source", "audit-system")
                .timeout(Duration.ofSeconds(15))
                .maxRetries(5)
                .backoffMultiplier(2)
                .maxBackoffDelay(Duration.ofMinutes(2)));
    // end of example
    return siemWebhook;
  }

  /** Step 3. */
  public Delivery deliverDailyReport(
      SavedDestination complianceEmail, SavedDestination siemWebhook, Map<String, ?> reportData) {
    // example: deliver
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("reportId", "daily-" + LocalDate.now(ZoneOffset.UTC));
    report.put("title", "Daily Compliance Report");
    report.put("generatedAt", Instant.now());
    report.putAll(reportData);

    Delivery delivery =
        waybill.deliver(
            request("hospital-001", "report")
                .to(complianceEmail, siemWebhook)
                .data(report)
                .metadata(
                    Map.of(
                        "reportType", "daily-compliance",
                        "confidentiality", "internal",
                        "retentionDays", 2555)) // 7 years for HIPAA
                .priority(7)
                .correlationId("daily-report-" + Instant.now().toEpochMilli())
                .tags("compliance", "daily", "automated"));
    // end of example
    return delivery;
  }

  /** Step 3: what a scheduler would call every day. */
  public void scheduledDailyReport(SavedDestination complianceEmail, SavedDestination siemWebhook) {
    deliverDailyReport(complianceEmail, siemWebhook, generateDailyComplianceReport())
        .await(Duration.ofMinutes(1));
  }

  private static Map<String, Integer> generateDailyComplianceReport() {
    return Map.of("totalEvents", 1250, "failedLogins", 3, "dataAccess", 890);
  }
}
