package io.waybill.app.cli;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill deliveries retry}. */
@Command(
    name = "retry",
    description =
        "Try the failed destinations of a delivery again, with the payload of its request.")
final class DeliveriesRetry extends DeliveriesCommand {
  @Option(
      names = "--destination",
      paramLabel = "ID",
      description = "Only this one of the failed destinations; may be repeated.")
  private List<DestinationId> destinations = new ArrayList<>();

  DeliveriesRetry(Environment environment) {
    super(environment);
  }

  @Override
  Wish wish(DeliveryStatus now) {
    Map<String, Integer> generations = new HashMap<>();
    for (DestinationStatus status : now.destinations()) {
      // Without a task (refused by fan-out) there is nothing that could be sent again.
      boolean isMeant =
          destinations.isEmpty() ? status.needsRetry() : status.state() == DestinationState.FAILED;
      if (isMeant && status.taskId().isPresent()) {
        generations.put(status.destinationId(), status.generation());
      }
    }
    for (DestinationId wanted : destinations) {
      if (!generations.containsKey(wanted.value())) {
        throw CliException.failed(
            "destination "
                + wanted
                + " is not among the failed ones of delivery "
                + now.deliveryId()
                + ": "
                + (generations.isEmpty()
                    ? "none has failed"
                    : String.join(", ", generations.keySet())));
      }
    }
    if (generations.isEmpty()) {
      throw CliException.failed(
          "no destination of delivery "
              + now.deliveryId()
              + " has failed after being tried and still needs it ("
              + StatusView.summary(now)
              + "); there is nothing to retry");
    }
    if (!destinations.isEmpty()) {
      Set<String> wanted =
          Set.copyOf(destinations.stream().map(DestinationId::value).distinct().toList());
      generations.keySet().retainAll(wanted);
    }
    return new Wish(
        new DeliveryCommand.Retry(Set.copyOf(destinations)),
        status ->
            generations.entrySet().stream()
                .allMatch(before -> isBeyond(status, before.getKey(), before.getValue())));
  }

  /** Whether the destination has got a later life than that one. */
  static boolean isBeyond(DeliveryStatus status, String destination, int generation) {
    return status.destinations().stream()
        .anyMatch(one -> one.destinationId().equals(destination) && one.generation() > generation);
  }
}
