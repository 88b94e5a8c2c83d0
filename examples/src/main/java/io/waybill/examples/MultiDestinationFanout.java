package io.waybill.examples;

import static io.waybill.client.RequestBuilder.request;

import io.waybill.client.Delivery;
import io.waybill.client.DestinationSpec;
import io.waybill.client.SavedDestination;
import io.waybill.client.WaybillClient;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Chapter 3: several destinations, and who stands in for whom. */
public final class MultiDestinationFanout {
  private final WaybillClient waybill;

  public MultiDestinationFanout(WaybillClient waybill) {
    this.waybill = waybill;
  }

  /**
   * Step 1: the backup, first because the primary names it. It has no credentials: the operator
   * lends his (storage.platformCredentials), or it is refused. The endpoint is left out for
   * Amazon's own store.
   */
  public SavedDestination s3Archive(URI endpoint) {
    return waybill.createDestination(
        DestinationSpec.storage("enterprise-001", "S3 Backup Archive")
            .s3("us-west-2", "enterprise-audit-backup")
            .endpoint(endpoint)
            .path("/backup/{year}/{month}/")
            .retention(365, true));
  }

  /** Step 1: a primary destination with few tries, and the archive behind it. */
  public SavedDestination realTimeWebhook(String url, SavedDestination s3Archive) {
    // example: fallback
    SavedDestination realTimeWebhook =
        waybill.createDestination(
            DestinationSpec.webhook("enterprise-001", "Real-time Analytics")
                .url(url)
                .method("POST")
                .timeout(Duration.ofSeconds(5)) // fast timeout for real-time
                .maxRetries(2) // limited retries for real-time
                .backoffMultiplier(1.5)
                .maxBackoffDelay(Duration.ofSeconds(10))
                .fallbackTo(s3Archive.id()));
    // end of example
    return realTimeWebhook;
  }

  /** Step 1: another primary destination. */
  public SavedDestination complianceEmail(String smtpHost, int smtpPort) {
    return waybill.createDestination(
        DestinationSpec.email("enterprise-001", "Compliance Notifications")
            .smtp(smtpHost, smtpPort)
            .from("audit@enterprise.com")
            .subject("Audit Event Notification")
            .recipients("compliance@enterprise.com"));
  }

  /** One request for all of them. */
  public Delivery deliverAuditEvent(SavedDestination... destinations) {
    return waybill.deliver(
        request("enterprise-001", "audit-event")
            .to(destinations)
            .data(Map.of("eventId", "evt-77", "action", "login", "userId", "u-17")));
  }
}
