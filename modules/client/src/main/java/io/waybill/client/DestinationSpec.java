package io.waybill.client;

import io.waybill.wire.DestinationJson;
import java.nio.charset.StandardCharsets;

/**
 * What a destination is to be. Written with the builders that start here, or as the JSON of the
 * documentation; both are held to the same rules, and errors name the fields of the JSON. It holds
 * credentials in clear: they are sealed when it is handed to {@link
 * WaybillClient#createDestination}, before anything is published.
 */
public sealed interface DestinationSpec permits SpecBuilder, JsonSpec {
  /** Stands for a credential that is stored already and is to be kept by an update. */
  String KEEP = DestinationJson.MASK;

  /** A webhook. */
  static WebhookSpec webhook(String organizationId, String label) {
    return new WebhookSpec(organizationId, label);
  }

  /** Mails. */
  static EmailSpec email(String organizationId, String label) {
    return new EmailSpec(organizationId, label);
  }

  /** Objects in a store that speaks S3. */
  static StorageSpec storage(String organizationId, String label) {
    return new StorageSpec(organizationId, label);
  }

  /** One destination as JSON, as {@code waybill destinations apply} takes it. */
  static DestinationSpec ofJson(String json) {
    return new JsonSpec(json.getBytes(StandardCharsets.UTF_8));
  }

  /** The JSON form, with credentials in clear: not for logs. */
  byte[] json();
}
