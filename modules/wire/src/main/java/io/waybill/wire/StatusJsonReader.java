package io.waybill.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskId;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the JSON form of a status. */
final class StatusJsonReader {
  private static final String NO_METADATA = RawJson.EMPTY_OBJECT.sha256();

  private StatusJsonReader() {}

  static DeliveryStatus read(byte[] bytes) throws UndecodableException {
    try {
      JsonNode json = StrictJson.MAPPER.readTree(bytes);
      if (json == null || !json.isObject()) {
        throw undecodable("expected a JSON object");
      }
      return status(json);
    } catch (IOException e) {
      // Its own message would quote the input.
      throw undecodable("not well-formed JSON");
    } catch (DateTimeException | IllegalArgumentException e) {
      throw undecodable("a field is missing or has a value that no status has");
    }
  }

  private static DeliveryStatus status(JsonNode json) {
    List<DestinationStatus> destinations = new ArrayList<>();
    json.path("destinations").forEach(one -> destinations.add(destination(one)));
    List<FieldError> errors = new ArrayList<>();
    json.path("errors")
        .forEach(error ->
            errors.add(
                new FieldError(
                    error.path("field").asText(),
                    error.path("code").asText(),
                    error.path("message").asText())));
    return new DeliveryStatus(
        deliveryId(required(json, "deliveryId")),
        new OrganizationId(required(json, "organizationId")),
        OverallState.parse(required(json, "state")),
        new DeliveryEvent.RequestSummary(
            json.path("type").asText(),
            text(json, "correlationId"),
            texts(json, "tags"),
            json.path("priority").asInt(DeliveryOptions.DEFAULT_PRIORITY),
            Instant.parse(required(json, "createdAt"))),
        destinations,
        text(json, "duplicateOf").map(StatusJsonReader::deliveryId),
        text(json, "reason").map(Reason::parse),
        errors,
        Optional.empty(),
        NO_METADATA,
        text(json, "expiresAt").map(Instant::parse),
        Instant.parse(required(json, "updatedAt")));
  }

  private static DestinationStatus destination(JsonNode json) {
    return new DestinationStatus(
        required(json, "destinationId"),
        text(json, "type").flatMap(DestinationType::parse),
        text(json, "taskId").map(TaskId::new),
        DestinationState.parse(required(json, "state")),
        json.path("generation").asInt(),
        json.path("attempts").asInt(),
        text(json, "reason").map(Reason::parse),
        text(json, "message"),
        text(json, "nextAttemptAt").map(Instant::parse),
        text(json, "deliveredAt").map(Instant::parse),
        text(json, "externalReference"),
        texts(json, "fallbackOf").stream().map(DestinationId::new).toList(),
        text(json, "deliveredBy").map(DestinationId::new),
        List.of(),
        List.of());
  }

  private static DeliveryId deliveryId(String text) {
    return DeliveryId.parse(text).orElseThrow(IllegalArgumentException::new);
  }

  private static String required(JsonNode json, String field) {
    return text(json, field).orElseThrow(IllegalArgumentException::new);
  }

  private static Optional<String> text(JsonNode json, String field) {
    return Optional.ofNullable(json.path(field).textValue());
  }

  private static List<String> texts(JsonNode json, String field) {
    List<String> texts = new ArrayList<>();
    json.path(field).forEach(each -> texts.add(each.asText()));
    return texts;
  }

  private static UndecodableException undecodable(String why) {
    return new UndecodableException(Reason.MALFORMED, "not a status in JSON: " + why);
  }
}
