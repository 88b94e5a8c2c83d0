package io.waybill.status;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.Reason;
import io.waybill.domain.RequestRules;
import io.waybill.domain.Task;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import io.waybill.wire.UntilAvailable;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Decides commands and does what was decided. */
final class CommandProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private static final String ACTOR_MESSAGE =
      "actor: must say who asks: 1 to "
          + RequestRules.MAX_ACTOR_LENGTH
          + " characters without control characters";

  private final Codecs codecs;
  private final InstantSource clock;
  private final StatusConfig config;
  private final StatusMetrics metrics;
  private final CommandDecider decider;
  private @Nullable Output output;
  private @Nullable Deliveries deliveries;
  private @Nullable Fallbacks fallbacks;

  CommandProcessor(Codecs codecs, InstantSource clock, StatusConfig config, StatusMetrics metrics) {
    this.metrics = metrics;
    this.codecs = codecs;
    this.clock = clock;
    this.config = config;
    decider = new CommandDecider(new NewTasks(config.types()));
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    Output out = new Output(context, codecs, clock, metrics);
    output = out;
    Deliveries made = new Deliveries(context, codecs, config, out);
    deliveries = made;
    Fallbacks waiting = new Fallbacks(context, codecs, config, out, made, task -> send(out, task));
    fallbacks = waiting;
    context.schedule(
        config.fallbackTick(), PunctuationType.WALL_CLOCK_TIME, time -> waiting.look());
    context.schedule(
        config.backlogTick(), PunctuationType.WALL_CLOCK_TIME, _ -> made.openTasks().tell());
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    Output out = Objects.requireNonNull(output);
    Deliveries state = Objects.requireNonNull(deliveries);
    byte @Nullable [] value = record.value();
    if (value == null) {
      bury(out, record, Optional.empty(), Reason.MALFORMED, "a command must have a value");
      return;
    }
    DeliveryCommand command;
    try {
      command = UntilAvailable.call(() -> codecs.commands().decode(value));
    } catch (UndecodableException e) {
      bury(out, record, Optional.empty(), e.reason(), e.getMessage());
      return;
    }
    if (!Keys.isOf(record.key(), command.deliveryId())) {
      bury(out, record, Optional.of(command), Reason.MALFORMED, Keys.MESSAGE);
      return;
    }
    if (!RequestRules.isActor(command.actor())) {
      // The commands topic takes more than the audit topic: a record that cannot be audited would
      // stop its partition for ever.
      bury(out, record, Optional.of(command), Reason.INVALID_FIELD, ACTOR_MESSAGE);
      return;
    }
    if (command.action() instanceof DeliveryCommand.Fallback asked) {
      Objects.requireNonNull(fallbacks).take(out.origin(), value, command, asked);
      return;
    }
    Optional<DeliveryStatus> before = state.find(command.deliveryId());
    Decision decision = decider.decide(command, before, clock.instant());
    decision.status().ifPresent(status -> state.save(before, status));
    decision.cancellation().ifPresent(state::publish);
    decision.tasks().forEach(task -> send(out, task));
    out.audit(decision.audit());
  }

  private void send(Output out, Task task) {
    out.send(
        StatusNodes.tasksSink(task.destinationType(), task.isExpress()),
        Topics.tasks(task.destinationType(), task.isExpress()),
        codecs.tasks(),
        task.destinationId().value(),
        task,
        task.trace());
  }

  private static void bury(
      Output out,
      Record<byte[], byte[]> record,
      Optional<DeliveryCommand> command,
      Reason reason,
      @Nullable String message) {
    out.bury(
        StatusNodes.DEAD_LETTERS_SINK,
        record,
        command.map(DeliveryCommand::organizationId),
        command.map(DeliveryCommand::deliveryId),
        reason,
        message);
  }
}
