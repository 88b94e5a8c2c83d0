package io.waybill.examples;

import static io.waybill.client.RequestBuilder.request;

import io.waybill.client.Delivery;
import io.waybill.client.DestinationSpec;
import io.waybill.client.SavedDestination;
import io.waybill.client.WaybillClient;
import io.waybill.client.WebhookVerifier;
import java.nio.file.Path;
import java.util.Map;

/** Chapter 4: signed webhooks and sealed payloads. */
public final class SecurityConfiguration {
  private SecurityConfiguration() {}

  /** What the receiver of a signed webhook verifies with; the secret is seen only here. */
  public record Signed(SavedDestination destination, WebhookVerifier verifier) {}

  /** A webhook that is signed with a secret that Waybill makes. */
  public static Signed signedWebhook(WaybillClient waybill, String url) {
    // example: signed
    SavedDestination signed =
        waybill.createDestination(
            DestinationSpec.webhook("hospital-001", "Signed SIEM").url(url).signed());
    WebhookVerifier verifier = WebhookVerifier.of(signed.signingSecret().orElseThrow());
    // end of example
    return new Signed(signed, verifier);
  }

  /** A new URL on the same host, and the credentials as they were. */
  public static SavedDestination moved(WaybillClient waybill, SavedDestination before, String url) {
    // example: update
    SavedDestination updated =
        waybill.updateDestination(
            before.id(),
            DestinationSpec.webhook("hospital-001", before.label())
                .url(url)
                .header("Authorization", DestinationSpec.KEEP));
    // end of example
    return updated;
  }

  /** A client whose payloads no topic holds in clear. */
  public static WaybillClient sealing(
      String bootstrapServers, String registryUrl, Path payloadKeys) {
    // example: sealing
    WaybillClient waybill =
        WaybillClient.builder()
            .bootstrapServers(bootstrapServers)
            .schemaRegistry(registryUrl)
            .payloadKeys(payloadKeys)
            .build();
    // end of example
    return waybill;
  }

  /** Sealed when the organization has a key. */
  public static Delivery deliverPhi(
      WaybillClient waybill, String organization, SavedDestination siem) {
    return waybill.deliver(
        request(organization, "phi-access").to(siem).data(Map.of("patientId", "patient-42")));
  }
}
