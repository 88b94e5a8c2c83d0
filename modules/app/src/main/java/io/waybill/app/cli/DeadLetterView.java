package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RawBytes;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** How a dead letter is shown. */
final class DeadLetterView {
  private DeadLetterView() {}

  /** What it is called on the command line: its task, else where its record stands. */
  static String id(DeadLetter letter) {
    return letter.task().map(task -> task.taskId().value()).orElseGet(letter.origin()::toString);
  }

  /**
   * All of it but the payload, which can be protected health information.
   *
   * @param withPayload shows that too
   */
  static ObjectNode json(DeadLetter letter, boolean withPayload) {
    ObjectNode json =
        Json.object()
            .put("id", id(letter))
            .put("reason", letter.reason().code())
            .put("message", letter.message())
            .put("diedAt", letter.diedAt().toString())
            .put("origin", letter.origin().toString());
    letter
        .organizationId()
        .map(OrganizationId::value)
        .ifPresent(v -> json.put("organizationId", v));
    letter.deliveryId().map(DeliveryId::toString).ifPresent(v -> json.put("deliveryId", v));
    if (!letter.errors().isEmpty()) {
      json.set("errors", Json.errors(letter.errors()));
    }
    letter.task().ifPresent(task -> write(task, withPayload, json.putObject("task")));
    letter
        .originalValue()
        .ifPresent(value -> write(letter, value, withPayload, json.putObject("original")));
    json.put("replayable", letter.task().isPresent());
    return json;
  }

  private static void write(Task task, boolean withPayload, ObjectNode json) {
    json.put("taskId", task.taskId().value())
        .put("destinationId", task.destinationId().value())
        .put("destinationType", task.destinationType().word())
        .put("generation", task.generation())
        .put("attempts", task.attempts())
        .put("priority", task.priority())
        .put("createdAt", task.createdAt().toString())
        .put("payloadType", task.payloadType())
        .put("payloadBytes", task.payload().size())
        .put("payloadSha256", task.payload().sha256());
    task.correlationId().ifPresent(value -> json.put("correlationId", value));
    if (!withPayload) {
      return;
    }
    switch (task.payload()) {
      case TaskPayload.Inline inline ->
          json.put(inline.sealed() ? "sealedPayload" : "payload", inline.data().text());
      case TaskPayload.Reference reference ->
          json.put("payloadStandsIn", reference.origin().toString());
    }
  }

  private static void write(
      DeadLetter letter, RawBytes value, boolean withPayload, ObjectNode json) {
    json.put("bytes", letter.originalSize()).put("sha256", letter.originalSha256());
    json.put("complete", value.bytes().length == letter.originalSize());
    if (!withPayload) {
      return;
    }
    try {
      json.put(
          "text",
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value.bytes())).toString());
    } catch (CharacterCodingException e) {
      json.put("base64", Base64.getEncoder().encodeToString(value.bytes()));
    }
  }
}
