package io.waybill.destinations;

import io.waybill.destinations.Surroundings.Holder;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.wire.Codecs;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.UndecodableException;
import io.waybill.wire.UntilAvailable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one command, lets it be decided, applies the decision and says what was done. */
final class CommandProcessor implements Processor<byte[], byte[], String, byte[]> {
  static final String KEY_MISMATCH = "key-mismatch";

  private static final Logger LOG = LoggerFactory.getLogger(CommandProcessor.class);

  private final Codecs codecs;
  private final InstantSource clock;
  private final DestinationsConfig config;
  private final DestinationDecisions decisions;
  private final Consumer<Reason> buried;

  // Kafka Streams calls init before anything else.
  @SuppressWarnings("NullAway.Init")
  private ProcessorContext<String, byte[]> context;

  @SuppressWarnings("NullAway.Init")
  private DestinationState state;

  @SuppressWarnings("NullAway.Init")
  private Outputs outputs;

  CommandProcessor(
      Codecs codecs,
      InstantSource clock,
      DestinationsConfig config,
      OperatorRules operatorRules,
      Consumer<Reason> buried) {
    this.buried = buried;
    this.codecs = codecs;
    this.clock = clock;
    this.config = config;
    this.decisions = new DestinationDecisions(config.maxDestinations(), operatorRules);
  }

  @Override
  public void init(ProcessorContext<String, byte[]> context) {
    this.context = context;
    this.state = new DestinationState(context, codecs, config);
    this.outputs = new Outputs(context, codecs, buried);
    context.schedule(config.sweepInterval(), PunctuationType.WALL_CLOCK_TIME, _ -> sweep());
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    byte @Nullable [] value = record.value();
    if (value == null) {
      bury(record, Reason.MALFORMED, "a destination command without a value: send a command");
      return;
    }
    DestinationCommand command;
    try {
      command = UntilAvailable.call(() -> codecs.destinationCommands().decode(value));
    } catch (UndecodableException e) {
      bury(record, e.reason(), String.valueOf(e.getMessage()));
      return;
    }
    Instant now = now();
    if (!isKeyOf(command.organizationId(), record.key())) {
      // Not remembered: this may be another partition than the one that owns the organization.
      refuse(
          command,
          new Decision.Refused(
              List.of(
                  new FieldError(
                      "key",
                      KEY_MISMATCH,
                      "the record's key must be its organizationId, which decides the partition"
                          + " where commands are checked"))),
          now);
      return;
    }
    Optional<byte[]> first = state.decided(command.organizationId(), command.commandId());
    if (first.isPresent()) {
      outputs.result(command.commandId(), first.get(), now);
      return;
    }
    decide(command, now);
  }

  private void decide(DestinationCommand command, Instant now) {
    Optional<Registered> current = state.find(command.organizationId(), command.destinationId());
    byte[] result =
        switch (decisions.decide(command, current, state, now)) {
          case Decision.Changed changed -> {
            apply(command, current.map(Registered::destination), changed, now);
            yield applied(command, changed.after().version(), now);
          }
          case Decision.Unchanged unchanged -> applied(command, unchanged.version(), now);
          case Decision.Refused refused -> refuse(command, refused, now);
        };
    state.remember(command.organizationId(), command.commandId(), result, now);
  }

  private void apply(
      DestinationCommand command,
      Optional<Destination> before,
      Decision.Changed changed,
      Instant now) {
    Destination after = changed.after();
    byte[] encoded = outputs.encode(after);
    byte @Nullable [] secrets =
        after.deleted()
            ? null
            : outputs.encode(
                new DestinationSecrets(
                    after.id(), after.organizationId(), after.version(), changed.secrets()));
    state.save(before, after, encoded, secrets);
    // Written at every version, so that a reader of both topics knows which belong together.
    outputs.secrets(after.id(), secrets, now);
    outputs.destination(after.id(), encoded, now);
    outputs.audit(Audits.changed(command, changed, encoded, now));
  }

  private byte[] applied(DestinationCommand command, long version, Instant now) {
    return answer(
        new DestinationResult.Applied(
            command.commandId(), command.organizationId(), command.destinationId(), version),
        now);
  }

  private byte[] refuse(DestinationCommand command, Decision.Refused refused, Instant now) {
    outputs.audit(Audits.refused(command, refused.errors(), now));
    if (refused.foreign()) {
      LOG.atWarn()
          .addKeyValue("organizationId", command.organizationId())
          .addKeyValue("destinationId", command.destinationId())
          .log("command names a destination of another organization");
      outputs.audit(Audits.foreign(command, now));
    }
    return answer(
        new DestinationResult.Refused(
            command.commandId(),
            command.organizationId(),
            command.destinationId(),
            refused.errors()),
        now);
  }

  private byte[] answer(DestinationResult result, Instant now) {
    byte[] encoded = outputs.encode(result);
    outputs.result(result.commandId(), encoded, now);
    return encoded;
  }

  private void bury(Record<byte[], byte[]> record, Reason reason, String message) {
    // Only records of a topic come here, and those stand somewhere.
    RecordMetadata metadata = context.recordMetadata().orElseThrow();
    var origin = new RecordOrigin(metadata.topic(), metadata.partition(), metadata.offset());
    LOG.atWarn()
        .addKeyValue("origin", origin)
        .addKeyValue("reason", reason.code())
        .log("destination command cannot be read");
    outputs.deadLetter(
        DeadLetters.ofRecord(
            origin,
            record.key(),
            record.value(),
            organizationOf(record.key()),
            Optional.empty(),
            reason,
            message,
            List.of(),
            now()));
  }

  private void sweep() {
    Instant now = now();
    for (Destination destination : state.forgetDue(now)) {
      // See the race in DestinationsTopology: a tombstone must not take another's record away.
      if (state.holder(destination.organizationId(), destination.id())
          != Holder.OTHER_ORGANIZATION) {
        outputs.destination(destination.id(), null, now);
      }
      outputs.audit(Audits.forgotten(destination, now));
    }
  }

  /** Records hold milliseconds: what is decided on now must be what is read again later. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static boolean isKeyOf(OrganizationId organization, byte @Nullable [] key) {
    return key != null && Arrays.equals(key, organization.value().getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<OrganizationId> organizationOf(byte @Nullable [] key) {
    return key == null
        ? Optional.empty()
        : OrganizationId.parse(new String(key, StandardCharsets.UTF_8));
  }
}
