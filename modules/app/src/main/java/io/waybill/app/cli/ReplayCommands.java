package io.waybill.app.cli;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.Task;
import io.waybill.wire.Topics;
import java.util.Optional;
import java.util.UUID;

/**
 * Publishes the commands of a replay.
 *
 * @param target where the tasks are to be rerouted to; absent to replay them
 */
record ReplayCommands(Connection connection, Environment environment, Optional<Destination> target)
    implements ReplayRun.Outbox {
  @Override
  public UUID send(Task task) {
    DeliveryCommand.Action action =
        target
            .<DeliveryCommand.Action>map(to -> reroute(task, to))
            .orElseGet(() -> new DeliveryCommand.Replay(task));
    UUID id = UUID.randomUUID();
    DeliveryCommand command =
        new DeliveryCommand(
            id,
            task.deliveryId(),
            task.organizationId(),
            environment.actor(),
            environment.clock().instant(),
            action);
    connection.sendSoon(
        Topics.COMMANDS,
        task.deliveryId().toString(),
        connection.codecs().commands().encode(Topics.COMMANDS, command));
    return id;
  }

  private static DeliveryCommand.Reroute reroute(Task task, Destination to) {
    DestinationId id = to.id();
    return new DeliveryCommand.Reroute(
        task, new FallbackTarget(id, to.type(), to.version()), to.organizationId());
  }

  @Override
  public void flush() {
    connection.flush();
  }
}
