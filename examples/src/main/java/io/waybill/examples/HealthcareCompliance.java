package io.waybill.examples;

import static io.waybill.client.RequestBuilder.request;

import io.waybill.client.Delivery;
import io.waybill.client.DestinationSpec;
import io.waybill.client.SavedDestination;
import io.waybill.client.WaybillClient;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Chapter 2: protected health information. */
public final class HealthcareCompliance {
  private final WaybillClient waybill;

  public HealthcareCompliance(WaybillClient waybill) {
    this.waybill = waybill;
  }

  /** Who looked at whose data. */
  public record AccessEvent(
      String id,
      String sessionId,
      String patientId,
      String userId,
      String action,
      Instant timestamp,
      String ipAddress,
      String userAgent,
      String reason,
      List<String> dataElements,
      String riskLevel) {}

  /** Step 1. The endpoint is left out for Amazon's own store. */
  public SavedDestination hipaaArchive(URI endpoint, String accessKeyId, String secretAccessKey) {
    // example: archive
    SavedDestination hipaaArchive =
        waybill.createDestination(
            DestinationSpec.storage("hospital-001", "HIPAA Compliant Archive")
                .description("Long-term storage for HIPAA compliance (7 years)")
                .s3("us-east-1", "hospital-hipaa-audit-archive")
                .endpoint(endpoint)
                .credentials(accessKeyId, secretAccessKey)
                .serverSideEncryption("AES256")
                .storageClass("STANDARD_IA") // cost-effective for long-term storage
                .path("/audit-logs/{organizationId}/{year}/{month}/{day}/")
                .retention(2555, true)); // 7 years as required by HIPAA
    // end of example
    return hipaaArchive;
  }

  /**
   * Step 2. The tutorial says not for whom it is encrypted, which is refused: here it is for
   * whoever knows a password, of which the officer is told apart.
   */
  public SavedDestination secureEmail(String smtpHost, int smtpPort, String password) {
    return waybill.createDestination(
        DestinationSpec.email("hospital-001", "Secure PHI Email")
            .description("Email for PHI-containing audit reports")
            .smtp(smtpHost, smtpPort)
            .from("hipaa-audit@hospital.com")
            .subject("[CONFIDENTIAL] PHI Audit Report - {{date}}")
            .body(
                """
                CONFIDENTIAL - CONTAINS PHI

                This message contains Protected Health Information (PHI) and is intended
                only for the authorized recipient(s). If you are not the intended
                recipient, please delete this message immediately.

                Report Details:
                - Report ID: {{reportId}}
                - Generated: {{generatedAt}}
                - PHI Records: {{phiRecordCount}}
                """)
            .recipients("privacy-officer@hospital.com")
            .encryption(true, "AES-256-GCM")
            .encryptedWith(password));
  }

  /** Step 3: at once to the SIEM and into the archive, and by mail when the risk is high. */
  public Delivery logPhiAccess(
      AccessEvent event,
      SavedDestination complianceWebhook,
      SavedDestination hipaaArchive,
      SavedDestination secureEmail) {
    // example: phi-access
    Delivery delivery =
        waybill.deliver(
            request("hospital-001", "phi-access")
                .to(complianceWebhook, hipaaArchive)
                .data(fields(event))
                .metadata(
                    Map.of(
                        "eventType",
                        "phi-access",
                        "confidentiality",
                        "restricted",
                        "complianceRequired",
                        true,
                        "retentionYears",
                        7))
                .priority(10) // highest priority for PHI events
                .idempotencyKey("phi-access-" + event.id())
                .correlationId(event.sessionId()));
    // end of example
    if (event.riskLevel().equals("high")) {
      alert(event, secureEmail);
    }
    return delivery;
  }

  /** For high-risk access. */
  private Delivery alert(AccessEvent event, SavedDestination secureEmail) {
    Map<String, Object> data = new LinkedHashMap<>(fields(event));
    data.put("alertType", "high-risk-phi-access");
    data.put("reportId", event.id());
    data.put("generatedAt", event.timestamp());
    data.put("phiRecordCount", event.dataElements().size());
    return waybill.deliver(
        request("hospital-001", "alert")
            .to(secureEmail)
            .data(data)
            .metadata(Map.of("alertLevel", "critical", "requiresReview", true))
            .priority(10)
            .tags("alert", "high-risk", "phi-access"));
  }

  private static Map<String, Object> fields(AccessEvent event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("eventId", event.id());
    fields.put("patientId", event.patientId());
    fields.put("userId", event.userId());
    fields.put("action", event.action());
    fields.put("timestamp", event.timestamp());
    fields.put("ipAddress", event.ipAddress());
    fields.put("userAgent", event.userAgent());
    fields.put("accessReason", event.reason());
    fields.put("dataElements", event.dataElements());
    return fields;
  }
}
