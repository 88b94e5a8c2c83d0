package io.waybill.status;

import io.waybill.domain.ControlCommand;
import io.waybill.domain.Destination;
import io.waybill.domain.HealthSignal;
import io.waybill.domain.PauseScope;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import io.waybill.wire.UntilAvailable;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands each version of a destination on to the partition where its health is kept: health must
 * know that its owner has enabled it again, and that it was disabled. Ends the pause of a deleted
 * one.
 */
final class DestinationWatch implements Processor<byte[], byte[], byte[], byte[]> {
  private static final Logger LOG = LoggerFactory.getLogger(DestinationWatch.class);

  private final Codecs codecs;
  private final InstantSource clock;
  private final StatusMetrics metrics;
  private @Nullable Output output;

  DestinationWatch(Codecs codecs, InstantSource clock, StatusMetrics metrics) {
    this.metrics = metrics;
    this.codecs = codecs;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    output = new Output(context, codecs, clock, metrics);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    byte @Nullable [] value = record.value();
    if (value == null) {
      // Long deleted, and its health forgotten then.
      return;
    }
    Output out = Objects.requireNonNull(output);
    try {
      Destination destination = UntilAvailable.call(() -> codecs.destinations().decode(value));
      out.send(
          StatusNodes.CONFIGURED_SINK,
          Topics.STATUS_SIGNALS,
          codecs.healthSignals(),
          destination.id().value(),
          new HealthSignal.Configured(
              destination.id(),
              destination.organizationId(),
              destination.label(),
              destination.version(),
              destination.enabled(),
              destination.deleted(),
              destination.switchedOff(),
              destination.updatedAt()));
      if (destination.deleted()) {
        resume(out, destination);
      }
    } catch (UndecodableException e) {
      // The topic has one writer, and its other readers keep the last good version, too.
      LOG.atError()
          .addKeyValue("origin", out.origin())
          .addKeyValue("problem", e.getMessage())
          .log("destination record cannot be read, the last good one stays in force");
    }
  }

  /** The timer holds the tasks of what is paused; those of a deleted one are to end. */
  private void resume(Output out, Destination destination) {
    ControlCommand command =
        new ControlCommand(
            UUID.randomUUID(),
            destination.organizationId(),
            new PauseScope.OfDestination(destination.id(), destination.organizationId()),
            StatusTopology.APPLICATION_ID,
            clock.instant(),
            new ControlCommand.Resume());
    out.send(
        StatusNodes.RESUMES_SINK,
        Topics.CONTROL_COMMANDS,
        codecs.controlCommands(),
        command.scope().key(),
        command);
  }
}
