package io.waybill.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.FieldError;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;

/** The JSON view of a status, for consumers without a registry. Field names are public API. */
public final class StatusJson {
  private StatusJson() {}

  /** The value of the JSON status topic: one object, absent fields left out. */
  public static byte[] encode(DeliveryStatus status) {
    var out = new ByteArrayOutputStream(512);
    try (JsonGenerator json = StrictJson.FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("deliveryId", status.deliveryId().toString());
      json.writeStringField("organizationId", status.organizationId().value());
      json.writeStringField("state", status.state().word());
      json.writeStringField("type", status.summary().type());
      text(json, "correlationId", status.summary().correlationId());
      json.writeArrayFieldStart("tags");
      for (String tag : status.summary().tags()) {
        json.writeString(tag);
      }
      json.writeEndArray();
      json.writeNumberField("priority", status.summary().priority());
      time(json, "createdAt", Optional.of(status.summary().createdAt()));
      time(json, "updatedAt", Optional.of(status.updatedAt()));
      time(json, "expiresAt", status.expiresAt());
      text(json, "duplicateOf", status.duplicateOf().map(DeliveryId::toString));
      text(json, "reason", status.reason().map(Reason::code));
      if (!status.errors().isEmpty()) {
        json.writeArrayFieldStart("errors");
        for (FieldError error : status.errors()) {
          json.writeStartObject();
          json.writeStringField("field", error.field());
          json.writeStringField("code", error.code());
          json.writeStringField("message", error.message());
          json.writeEndObject();
        }
        json.writeEndArray();
      }
      json.writeArrayFieldStart("destinations");
      for (DestinationStatus destination : status.destinations()) {
        write(json, destination);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  /**
   * Reads such a value. What the JSON form leaves out (where the payload stands, who else may stand
   * in, the parts that are done) is absent. Fields of a newer version are passed over.
   *
   * @throws UndecodableException when the bytes are not such a value
   */
  public static DeliveryStatus decode(byte[] bytes) throws UndecodableException {
    return StatusJsonReader.read(bytes);
  }

  private static void write(JsonGenerator json, DestinationStatus status) throws IOException {
    json.writeStartObject();
    json.writeStringField("destinationId", status.destinationId());
    text(json, "type", status.type().map(DestinationType::word));
    text(json, "taskId", status.taskId().map(TaskId::value));
    json.writeStringField("state", status.state().word());
    json.writeNumberField("generation", status.generation());
    json.writeNumberField("attempts", status.attempts());
    text(json, "reason", status.reason().map(Reason::code));
    text(json, "message", status.message());
    time(json, "nextAttemptAt", status.nextAttemptAt());
    time(json, "deliveredAt", status.deliveredAt());
    text(json, "externalReference", status.externalReference());
    if (status.isFallback()) {
      json.writeArrayFieldStart("fallbackOf");
      for (DestinationId requested : status.fallbackOf()) {
        json.writeString(requested.value());
      }
      json.writeEndArray();
    }
    text(json, "deliveredBy", status.deliveredBy().map(DestinationId::value));
    json.writeEndObject();
  }

  private static void text(JsonGenerator json, String field, Optional<String> value)
      throws IOException {
    if (value.isPresent()) {
      json.writeStringField(field, value.get());
    }
  }

  private static void time(JsonGenerator json, String field, Optional<Instant> value)
      throws IOException {
    if (value.isPresent()) {
      json.writeStringField(field, value.get().toString());
    }
  }
}
