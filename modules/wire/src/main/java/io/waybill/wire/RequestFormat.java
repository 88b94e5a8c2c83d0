package io.waybill.wire;

import static io.waybill.wire.Field.optional;
import static io.waybill.wire.Field.required;
import static io.waybill.wire.Shapes.fields;
import static io.waybill.wire.Shapes.form;
import static io.waybill.wire.Shapes.text;
import static io.waybill.wire.Shapes.value;
import static io.waybill.wire.Shapes.word;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.RequestRules;
import io.waybill.domain.SealedPayload;

/** The fields of a delivery request in JSON. */
final class RequestFormat {
  static final String ORGANIZATION_ID = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";
  private static final String DESTINATION_ID = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
  private static final String UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

  static final Shape.Fields SEALED =
      fields()
          .with("algorithm", required(word(SealedPayload.ALGORITHM), "What it is sealed with."))
          .with("keyId", required(form("[0-9]{1,10}"), "The key that sealed it."))
          .with(
              "hmac",
              required(
                  form("[0-9a-f]{64}"),
                  "HMAC-SHA-256 of data and metadata with a key of the organization."))
          .with(
              "ciphertext",
              required(
                  form("[A-Za-z0-9+/]*={0,2}"), "Encrypted data and metadata, base64, one line."))
          .build();

  static final Shape.Fields PAYLOAD =
      fields()
          .with(
              "type",
              required(
                  text(1, RequestRules.MAX_TYPE_LENGTH),
                  "An open word: report, phi-access, alert."))
          .with("data", optional(new Shape.Any(), "Any JSON value, carried byte for byte."))
          .with(
              "metadata", optional(new Shape.AnyObject(), "A JSON object, carried byte for byte."))
          .with("sealed", optional(SEALED, "In the place of data and metadata."))
          .build(schema -> {
            schema.putObject("if").putArray("required").add("sealed");
            ObjectNode sealed = schema.putObject("then").putObject("properties");
            sealed.putObject("sealed").put("type", "object");
            sealed.put("data", false);
            sealed.put("metadata", false);
            schema.putObject("else").putArray("required").add("data");
            return schema;
          });

  static final Shape.Fields OPTIONS =
      fields()
          .with(
              "priority",
              optional(
                  new Shape.Whole(
                      DeliveryOptions.LOWEST_PRIORITY, DeliveryOptions.HIGHEST_PRIORITY),
                  "0 (lowest) to 10; 8 and above travel on express topics.",
                  value((long) DeliveryOptions.DEFAULT_PRIORITY)))
          .with(
              "idempotencyKey",
              optional(
                  text(1, RequestRules.MAX_KEY_LENGTH),
                  "Requests of one organization with the same key are one delivery for 24 hours."))
          .with(
              "correlationId",
              optional(text(1, RequestRules.MAX_KEY_LENGTH), "Carried through to the status."))
          .with(
              "tags",
              optional(
                  new Shape.Items(text(1, RequestRules.MAX_TAG_LENGTH), 0, RequestRules.MAX_TAGS),
                  "Carried through to the status."))
          .with(
              "deliverAt",
              optional(
                  new Shape.Time(),
                  "Not before this time: ISO 8601 with an offset, or milliseconds since 1970."))
          .with("expiresAt", optional(new Shape.Time(), "Not sent any more after this time."))
          .build();

  static final Shape.Fields REQUEST =
      fields()
          .with(
              "deliveryId",
              optional(form(UUID), "A UUID of the publisher's; derived when left out."))
          .with(
              "organizationId",
              required(text(1, 128, ORGANIZATION_ID), "The tenant; case matters."))
          .with(
              "destinations",
              required(
                  new Shape.ItemsOr(
                      new Shape.Items(
                          text(1, 64, DESTINATION_ID), 1, RequestRules.MAX_DESTINATIONS),
                      "default"),
                  "Ids of destinations, or \"default\" for the organization's enabled defaults."))
          .with("payload", required(PAYLOAD, "What to deliver."))
          .with("options", optional(OPTIONS, "All of it may be left out."))
          .build(schema -> {
            ObjectNode payload =
                schema.putObject("if").putObject("properties").putObject("payload");
            payload.putArray("required").add("sealed");
            ObjectNode then = schema.putObject("then");
            then.putArray("required").add("deliveryId");
            then.putObject("properties").putObject("deliveryId").put("type", "string");
            return schema;
          });

  private RequestFormat() {}
}
