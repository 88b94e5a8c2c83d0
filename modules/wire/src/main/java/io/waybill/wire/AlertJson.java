package io.waybill.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import io.waybill.domain.Alert;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.OptionalDouble;

/**
 * The JSON view of an alert, on its topic and as the data of an alert's delivery. Field names are
 * public API.
 */
public final class AlertJson {
  private AlertJson() {}

  /** One object, absent fields left out. */
  public static byte[] encode(Alert alert) {
    var out = new ByteArrayOutputStream(512);
    try (JsonGenerator json = StrictJson.FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("alertId", alert.alertId().toString());
      json.writeStringField("organizationId", alert.organizationId().value());
      json.writeStringField("destinationId", alert.destinationId().value());
      if (alert.label().isPresent()) {
        json.writeStringField("label", alert.label().get());
      }
      json.writeStringField("kind", alert.kind().word());
      json.writeStringField("severity", alert.severity().word());
      json.writeStringField("message", alert.message());
      number(json, "value", alert.value());
      number(json, "threshold", alert.threshold());
      json.writeStringField("raisedAt", alert.raisedAt().toString());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  private static void number(JsonGenerator json, String field, OptionalDouble value)
      throws IOException {
    if (value.isEmpty()) {
      return;
    }
    double number = value.getAsDouble();
    if (number == Math.rint(number) && Math.abs(number) < 1e15) {
      json.writeNumberField(field, (long) number);
    } else {
      json.writeNumberField(field, number);
    }
  }
}
