package io.waybill.wire;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Delivery commands between Avro and the domain. */
final class CommandMapping {
  private static final String CANCEL = "cancel";
  private static final String RETRY = "retry";
  private static final String REPLAY = "replay";

  private CommandMapping() {}

  static io.waybill.avro.DeliveryCommand toAvro(DeliveryCommand command) {
    String kind;
    List<String> destinationIds = List.of();
    io.waybill.avro.@Nullable Task task = null;
    if (command.action() instanceof DeliveryCommand.Cancel) {
      kind = CANCEL;
    } else if (command.action() instanceof DeliveryCommand.Retry retry) {
      kind = RETRY;
      destinationIds = retry.destinations().stream().map(DestinationId::value).sorted().toList();
    } else {
      kind = REPLAY;
      task = TaskMapping.toAvro(((DeliveryCommand.Replay) command.action()).task());
    }
    return new io.waybill.avro.DeliveryCommand(
        command.commandId().toString(),
        command.deliveryId().toString(),
        command.organizationId().value(),
        command.actor(),
        command.issuedAt(),
        kind,
        destinationIds,
        task);
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
          case REPLAY -> {
            if (command.getTask() == null) {
              throw new IllegalArgumentException("task is missing");
            }
            yield new DeliveryCommand.Replay(TaskMapping.toDomain(command.getTask()));
          }
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
}
