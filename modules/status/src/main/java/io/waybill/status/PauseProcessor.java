package io.waybill.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.Control;
import io.waybill.domain.ControlCommand;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.RequestRules;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import io.waybill.wire.UntilAvailable;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is paused and tells senders and timer. The only writer of the keys of pauses on the
 * control topic, whose other keys are the cancelled deliveries'.
 */
final class PauseProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private static final String ACTOR_MESSAGE =
      "actor: must say who asks: 1 to "
          + RequestRules.MAX_ACTOR_LENGTH
          + " characters without control characters";
  private static final String REASON_MESSAGE =
      "reason: at most "
          + ControlCommand.MAX_REASON_LENGTH
          + " characters without control characters";
  private static final String KEY_MESSAGE =
      "the record's key must be that of what is paused: destination/ID, organization/ID or"
          + " type/WORD";

  private final Codecs codecs;
  private final InstantSource clock;
  private final StatusMetrics metrics;
  private @Nullable Output output;
  private @Nullable KeyValueStore<String, byte[]> pauses;

  PauseProcessor(Codecs codecs, InstantSource clock, StatusMetrics metrics) {
    this.codecs = codecs;
    this.clock = clock;
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    output = new Output(context, codecs, clock, metrics);
    pauses = context.getStateStore(StatusNodes.PAUSES_STORE);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    byte @Nullable [] value = record.value();
    if (value == null) {
      bury(record, Optional.empty(), Reason.MALFORMED, "a command must have a value");
      return;
    }
    ControlCommand command;
    try {
      command = UntilAvailable.call(() -> codecs.controlCommands().decode(value));
    } catch (UndecodableException e) {
      bury(record, Optional.empty(), e.reason(), e.getMessage());
      return;
    }
    Optional<OrganizationId> organization = Optional.of(command.organizationId());
    if (!Arrays.equals(record.key(), command.scope().key().getBytes(UTF_8))) {
      bury(record, organization, Reason.MALFORMED, KEY_MESSAGE);
    } else if (!RequestRules.isActor(command.actor())) {
      // A record that cannot be audited would stop the partition for ever.
      bury(record, organization, Reason.INVALID_FIELD, ACTOR_MESSAGE);
    } else if (!hasGoodReason(command)) {
      bury(record, organization, Reason.INVALID_FIELD, REASON_MESSAGE);
    } else {
      decide(command);
    }
  }

  private static boolean hasGoodReason(ControlCommand command) {
    return switch (command.action()) {
      case ControlCommand.Pause pause ->
          pause
              .reason()
              .filter(text ->
                  text.length() > ControlCommand.MAX_REASON_LENGTH
                      || RequestRules.hasControlCharacters(text))
              .isEmpty();
      case ControlCommand.Resume _ -> true;
    };
  }

  private void decide(ControlCommand command) {
    Output out = Objects.requireNonNull(output);
    KeyValueStore<String, byte[]> store = Objects.requireNonNull(pauses);
    String key = command.scope().key();
    switch (PauseDecider.decide(command, find(store, key), clock.instant())) {
      case PauseDecider.Paused paused -> {
        byte[] value = Output.encode(Topics.CONTROL, codecs.controls(), paused.control());
        store.put(key, value);
        out.sendBytes(StatusNodes.PAUSES_SINK, key, value);
        audit(out, paused.audit());
      }
      case PauseDecider.Resumed resumed -> {
        store.delete(key);
        out.sendBytes(StatusNodes.PAUSES_SINK, key, null);
        audit(out, resumed.audit());
      }
      case PauseDecider.Refused refused -> refused.audit().ifPresent(one -> audit(out, one));
    }
  }

  private Optional<Control> find(KeyValueStore<String, byte[]> store, String key) {
    byte[] value = store.get(key);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(UntilAvailable.call(() -> codecs.controls().decode(value)));
    } catch (UndecodableException e) {
      // To go on would mean to answer "not paused" of what is: an operator must look first.
      throw new IllegalStateException(
          "the stored pause "
              + key
              + " cannot be read ("
              + e.getMessage()
              + "); it was written by this service, so check that the schema registry has kept its"
              + " schemas and that no older version of the service is running",
          e);
    }
  }

  private static void audit(Output out, AuditRecord audit) {
    out.audit(StatusNodes.PAUSES_AUDIT_SINK, audit);
  }

  private void bury(
      Record<byte[], byte[]> record,
      Optional<OrganizationId> organization,
      Reason reason,
      @Nullable String message) {
    Objects.requireNonNull(output)
        .bury(
            StatusNodes.PAUSES_DEAD_LETTERS_SINK,
            record,
            organization,
            Optional.empty(),
            reason,
            message);
  }
}
