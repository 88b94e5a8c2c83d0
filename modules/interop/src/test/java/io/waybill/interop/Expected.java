package io.waybill.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.domain.RawBytes;
import io.waybill.domain.RawJson;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** Some of {@link Samples} by their Avro field names, spelled out and not made by our own code. */
final class Expected {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final String SUMMARY =
      """
      {"type": "report", "correlationId": "c-1", "tags": ["a", "b"], "priority": 7,
       "createdAt": 1769846400123}
      """;

  private static final String TASK =
      """
      {"taskId": "%s", "organizationId": "hospital-001",
       "deliveryId": "0b6f1c9e-3a51-4e0f-9d2b-6c1f0a7e4d11", "destinationId": "siem",
       "destinationType": "webhook", "destinationVersion": 3, "generation": 1, "attempts": 2,
       "payloadType": "report", "data": %s, "reference": null, "metadata": %s,
       "correlationId": "c-1", "tags": ["a"], "priority": 9, "createdAt": 1769846400123,
       "firstDueAt": 1769846400124, "expiresAt": 1769850000123, "shard": 0,
       "doneParts": [], "fallbackOf": null, "fallbackAsked": false, "sealed": false,
       "traceparent": null}
      """
          .formatted(Samples.TASK_ID, bytes(Samples.DATA), bytes(Samples.METADATA));

  private static final String REFERENCE =
      """
      {"origin": {"topic": "waybill.requests", "partition": 2, "offset": 5000000000},
       "sha256": "%s", "size": %d}
      """
          .formatted(Samples.DATA.sha256(), Samples.DATA.size());

  private static final String METADATA_SHA256 =
      "3b67da57bb8fee0802ccdceb1e71ba4e154e617eeb158d4f15c9eeca05b3e443";

  private static final String REQUEST =
      """
      {"deliveryId": "0b6f1c9e-3a51-4e0f-9d2b-6c1f0a7e4d11", "organizationId": "hospital-001",
       "destinations": ["siem", "archive"],
       "payload": {"type": "report", "data": %s, "metadata": %s, "sealed": null},
       "options": {"priority": 9, "idempotencyKey": "k-1", "correlationId": "c-1",
                   "tags": ["a", "b"], "deliverAt": 1769846460123, "expiresAt": 1769850000123}}
      """
          .formatted(bytes(Samples.DATA), bytes(Samples.METADATA));

  private static final String ACCEPTED =
      """
      {"deliveryId": "0b6f1c9e-3a51-4e0f-9d2b-6c1f0a7e4d11", "organizationId": "hospital-001",
       "occurredAt": 1769846400123, "kind": "accepted", "summary": %s,
       "accepted": {"payload": %s, "metadataSha256": "%s", "deliverAt": 1769846460123, "expiresAt": null,
                    "tasks": [{"taskId": "%s", "destinationId": "siem",
                               "destinationType": "webhook", "destinationVersion": 3}],
                    "refused": [{"destinationId": "gone", "reason": "destination-not-found",
                                 "message": "no such destination"}]},
       "rejected": null, "duplicate": null, "task": null}
      """
          .formatted(SUMMARY, REFERENCE, METADATA_SHA256, Samples.TASK_ID);

  private static final String ATTEMPT_FAILED =
      """
      {"deliveryId": "0b6f1c9e-3a51-4e0f-9d2b-6c1f0a7e4d11", "organizationId": "hospital-001",
       "occurredAt": 1769846400123, "kind": "task", "summary": null, "accepted": null,
       "rejected": null, "duplicate": null,
       "task": {"taskId": "%s", "destinationId": "siem", "destinationType": "webhook",
                "generation": 1, "attempt": 2, "kind": "attempt-failed", "reason": "timeout",
                "message": "no answer", "answer": null, "externalReference": null,
                "tookMillis": 15000, "dueAt": 1769846430123, "fallbackAsked": false, "doneParts": []}}
      """
          .formatted(Samples.TASK_ID);

  private static final String STATUS =
      """
      {"deliveryId": "0b6f1c9e-3a51-4e0f-9d2b-6c1f0a7e4d11", "organizationId": "hospital-001",
       "state": "processing", "summary": %s,
       "destinations": [{"destinationId": "siem", "destinationType": "webhook", "taskId": "%s",
                         "state": "retrying", "generation": 1, "attempts": 2,
                         "reason": "http-transient", "message": "503",
                         "nextAttemptAt": 1769846430123, "deliveredAt": null,
                         "externalReference": null, "fallbackOf": [],
                         "deliveredBy": null, "fallbacksLeft": [], "doneParts": []}],
       "duplicateOf": null, "reason": null, "errors": [], "payload": %s, "metadataSha256": "%s",
       "expiresAt": 1769850000123, "updatedAt": 1769846400123,
       "traceparent": null}
      """
          .formatted(SUMMARY, Samples.TASK_ID, REFERENCE, METADATA_SHA256);

  private static final String DEAD_TASK =
      """
      {"origin": {"topic": "waybill.tasks.webhook", "partition": 1, "offset": 42},
       "organizationId": "hospital-001", "deliveryId": "0b6f1c9e-3a51-4e0f-9d2b-6c1f0a7e4d11",
       "reason": "http-permanent", "message": "400 from the receiver", "errors": [],
       "diedAt": 1769846400123, "task": %s, "originalKey": null, "originalValue": null,
       "originalSize": 0, "originalSha256": ""}
      """
          .formatted(TASK);

  private static final String DEAD_RECORD =
      """
      {"origin": {"topic": "waybill.requests", "partition": 0, "offset": 1},
       "organizationId": "hospital-001", "deliveryId": null, "reason": "malformed",
       "message": "not JSON",
       "errors": [{"field": "", "code": "malformed", "message": "not JSON"}],
       "diedAt": 1769846400123, "task": null, "originalKey": {"base64": "AQ=="},
       "originalValue": %s, "originalSize": 256,
       "originalSha256": "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880"}
      """
          .formatted(bytes(Samples.DEAD_RECORD.originalValue().map(RawBytes::bytes).orElseThrow()));

  private Expected() {}

  /** A request, a task, two events, a status and two dead letters. */
  static List<JsonNode> records() {
    return Stream.of(REQUEST, TASK, ACCEPTED, ATTEMPT_FAILED, STATUS, DEAD_TASK, DEAD_RECORD)
        .map(Expected::json)
        .toList();
  }

  /** A request with what has no default, and nothing else. */
  static JsonNode sparseRequest() {
    return json(
        """
        {"organizationId": "hospital-001", "destinations": "default",
         "payload": {"type": "report", "data": %s}}
        """
            .formatted(bytes(Samples.DATA)));
  }

  private static String bytes(RawJson json) {
    return bytes(json.bytes());
  }

  private static String bytes(byte[] bytes) {
    return "{\"base64\": \"" + Base64.getEncoder().encodeToString(bytes) + "\"}";
  }

  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
