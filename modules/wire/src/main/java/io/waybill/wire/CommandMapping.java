package io.waybill.wire;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Delivery commands between Avro and the domain. */
final class CommandMapping {
  private static final String CANCEL = "cancel";
  private static final String RETRY = "retry";
  private static final String REPLAY = "replay";
  private static final String REROUTE = "reroute";
  private static final String FALLBACK = "fallback";

  private CommandMapping() {}

  static io.waybill.avro.DeliveryCommand toAvro(DeliveryCommand command) {
    String kind;
    List<String> destinationIds = List.of();
    io.waybill.avro.@Nullable Task task = null;
    List<io.waybill.avro.FallbackTarget> targets = List.of();
    @Nullable Instant overdueSince = null;
    @Nullable String reason = null;
    @Nullable String message = null;
    @Nullable String targetOwner = null;
    if (command.action() instanceof DeliveryCommand.Cancel) {
      kind = CANCEL;
    } else if (command.action() instanceof DeliveryCommand.Retry retry) {
      kind = RETRY;
      destinationIds = retry.destinations().stream().map(DestinationId::value).sorted().toList();
    } else if (command.action() instanceof DeliveryCommand.Replay replay) {
      kind = REPLAY;
      task = TaskMapping.toAvro(replay.task());
    } else if (command.action() instanceof DeliveryCommand.Reroute reroute) {
      kind = REROUTE;
      task = TaskMapping.toAvro(reroute.task());
      targets = List.of(TaskMapping.toAvro(reroute.target()));
      targetOwner = reroute.owner().value();
    } else {
      kind = FALLBACK;
      var fallback = (DeliveryCommand.Fallback) command.action();
      task = TaskMapping.toAvro(fallback.task());
      targets = fallback.targets().stream().map(TaskMapping::toAvro).toList();
      if (fallback.cause() instanceof DeliveryCommand.Overdue overdue) {
        overdueSince = overdue.since();
      } else {
        var failed = (DeliveryCommand.Failed) fallback.cause();
        reason = failed.reason().code();
        message = failed.message();
      }
    }
    return new io.waybill.avro.DeliveryCommand(
        command.commandId().toString(),
        command.deliveryId().toString(),
        command.organizationId().value(),
        command.actor(),
        command.issuedAt(),
        kind,
        destinationIds,
        task,
        targets,
        overdueSince,
        reason,
        message,
        targetOwner);
  }

  static DeliveryCommand toDomain(io.waybill.avro.DeliveryCommand command) {
    DeliveryCommand.Action action =
        switch (command.getKind()) {
          case CANCEL -> new DeliveryCommand.Cancel();
          case RETRY ->
              new DeliveryCommand.Retry(
                  command.getDestinationIds().stream()
                      .map(DestinationId::new)
                      .collect(Collectors.toSet()));
          case REPLAY -> new DeliveryCommand.Replay(task(command));
          case REROUTE -> reroute(command);
          case FALLBACK ->
              new DeliveryCommand.Fallback(
                  task(command),
                  command.getFallbackTargets().stream().map(TaskMapping::toDomain).toList(),
                  cause(command));
          default -> throw new IllegalArgumentException("kind of command is not known");
        };
    return new DeliveryCommand(
        AvroValues.uuid("commandId", command.getCommandId()),
        TaskMapping.deliveryId(command.getDeliveryId()),
        new OrganizationId(command.getOrganizationId()),
        command.getActor(),
        command.getIssuedAt(),
        action);
  }

  private static DeliveryCommand.Reroute reroute(io.waybill.avro.DeliveryCommand command) {
    if (command.getFallbackTargets().size() != 1 || command.getTargetOwnerId() == null) {
      throw new IllegalArgumentException("a reroute must have one target and its owner");
    }
    return new DeliveryCommand.Reroute(
        task(command),
        TaskMapping.toDomain(command.getFallbackTargets().get(0)),
        new OrganizationId(command.getTargetOwnerId()));
  }

  private static Task task(io.waybill.avro.DeliveryCommand command) {
    if (command.getTask() == null) {
      throw new IllegalArgumentException("task is missing");
    }
    return TaskMapping.toDomain(command.getTask());
  }

  private static DeliveryCommand.FallbackCause cause(io.waybill.avro.DeliveryCommand command) {
    if (command.getOverdueSince() != null) {
      return new DeliveryCommand.Overdue(command.getOverdueSince());
    }
    if (command.getReason() == null) {
      throw new IllegalArgumentException("reason is missing");
    }
    return new DeliveryCommand.Failed(
        Reason.parse(command.getReason()),
        command.getMessage() == null ? "" : command.getMessage());
  }
}
