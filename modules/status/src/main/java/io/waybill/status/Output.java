package io.waybill.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.TraceParent;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.Topics;
import io.waybill.wire.TraceHeaders;
import io.waybill.wire.UntilAvailable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Encodes records and forwards them to sinks. */
final class Output {
  private static final Logger LOG = LoggerFactory.getLogger(Output.class);

  private final ProcessorContext<byte[], byte[]> context;
  private final Codecs codecs;
  private final InstantSource clock;
  private final StatusMetrics metrics;

  Output(
      ProcessorContext<byte[], byte[]> context,
      Codecs codecs,
      InstantSource clock,
      StatusMetrics metrics) {
    this.metrics = metrics;
    this.context = context;
    this.codecs = codecs;
    this.clock = clock;
  }

  <T> void send(String sink, String topic, Codec<T> codec, String key, T value) {
    send(sink, topic, codec, key, value, Optional.empty());
  }

  /** Sends a record that hangs in a trace. */
  <T> void send(
      String sink, String topic, Codec<T> codec, String key, T value, Optional<TraceParent> trace) {
    Headers headers = new RecordHeaders();
    TraceHeaders.write(headers, trace);
    context.forward(
        new Record<>(key.getBytes(UTF_8), encode(topic, codec, value), clock.millis(), headers),
        sink);
  }

  /**
   * Sends bytes as they are.
   *
   * @param value null is a tombstone
   */
  void sendBytes(String sink, String key, byte @Nullable [] value) {
    context.forward(new Record<>(key.getBytes(UTF_8), value, clock.millis()), sink);
  }

  void audit(AuditRecord audit) {
    audit(StatusNodes.AUDIT_SINK, audit);
  }

  void audit(String sink, AuditRecord audit) {
    send(sink, Topics.AUDIT, codecs.audits(), audit.organizationId().value(), audit);
  }

  /** Makes a dead letter of the record that is being processed. */
  void bury(
      String sink,
      Record<byte[], byte[]> record,
      Optional<OrganizationId> organization,
      Optional<DeliveryId> delivery,
      Reason reason,
      @Nullable String message) {
    bury(sink, origin(), record.key(), record.value(), organization, delivery, reason, message);
  }

  /** Makes a dead letter of a record that was read earlier. */
  void bury(
      String sink,
      RecordOrigin origin,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Optional<OrganizationId> organization,
      Optional<DeliveryId> delivery,
      Reason reason,
      @Nullable String message) {
    LOG.atWarn()
        .addKeyValue("topic", origin.topic())
        .addKeyValue("partition", origin.partition())
        .addKeyValue("offset", origin.offset())
        .addKeyValue("reason", reason.code())
        .log("record became a dead letter");
    List<FieldError> noErrors = List.of();
    DeadLetter letter =
        DeadLetters.ofRecord(
            origin,
            key,
            value,
            organization,
            delivery,
            reason,
            String.valueOf(message),
            noErrors,
            clock.instant());
    send(sink, Topics.DEAD_LETTERS, codecs.deadLetters(), DeadLetters.keyOf(letter), letter);
    metrics.deadLettered(reason);
  }

  /** Where the record that is being processed stands. */
  RecordOrigin origin() {
    return context
        .recordMetadata()
        .map(at -> new RecordOrigin(at.topic(), at.partition(), at.offset()))
        .orElseThrow(() -> new IllegalStateException("a record of a topic has an origin"));
  }

  Instant now() {
    return clock.instant();
  }

  /** Who counts what is decided. */
  StatusMetrics metrics() {
    return metrics;
  }

  static <T> byte[] encode(String topic, Codec<T> codec, T value) {
    return UntilAvailable.call(() -> codec.encode(topic, value));
  }
}
