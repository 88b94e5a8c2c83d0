package io.waybill.destinations;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.Topics;
import io.waybill.wire.UntilAvailable;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Encodes records and sends them to the sinks, each of which has the name of its topic. */
final class Outputs {
  private final ProcessorContext<String, byte[]> context;
  private final Codecs codecs;
  private final Consumer<Reason> buried;

  Outputs(ProcessorContext<String, byte[]> context, Codecs codecs, Consumer<Reason> buried) {
    this.buried = buried;
    this.context = context;
    this.codecs = codecs;
  }

  byte[] encode(Destination destination) {
    return encode(codecs.destinations(), Topics.DESTINATIONS, destination);
  }

  byte[] encode(DestinationSecrets secrets) {
    return encode(codecs.destinationSecrets(), Topics.DESTINATION_SECRETS, secrets);
  }

  byte[] encode(DestinationResult result) {
    return encode(codecs.destinationResults(), Topics.DESTINATION_RESULTS, result);
  }

  /**
   * @param value null forgets it
   */
  void destination(DestinationId id, byte @Nullable [] value, Instant now) {
    send(Topics.DESTINATIONS, id.value(), value, now);
  }

  /**
   * @param value null forgets them
   */
  void secrets(DestinationId id, byte @Nullable [] value, Instant now) {
    send(Topics.DESTINATION_SECRETS, id.value(), value, now);
  }

  void result(UUID commandId, byte[] value, Instant now) {
    send(Topics.DESTINATION_RESULTS, commandId.toString(), value, now);
  }

  void audit(AuditRecord audit) {
    OrganizationId organization = audit.organizationId();
    byte[] value = encode(codecs.audits(), Topics.AUDIT, audit);
    send(Topics.AUDIT, organization.value(), value, audit.occurredAt());
  }

  void deadLetter(DeadLetter letter) {
    byte[] value = encode(codecs.deadLetters(), Topics.DEAD_LETTERS, letter);
    send(Topics.DEAD_LETTERS, DeadLetters.keyOf(letter), value, letter.diedAt());
    buried.accept(letter.reason());
  }

  private void send(String topic, String key, byte @Nullable [] value, Instant now) {
    context.forward(new Record<>(key, value, now.toEpochMilli()), topic);
  }

  private static <T> byte[] encode(Codec<T> codec, String topic, T value) {
    return UntilAvailable.call(() -> codec.encode(topic, value));
  }
}
