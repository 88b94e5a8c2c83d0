package io.waybill.client.plan;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which destinations of a delivery a retry means, and how the status shows that it was taken. What
 * was cancelled is tried again when it is named, as the status role has it.
 *
 * @param destinations as asked for; empty for all that still need it
 * @param generations of those that are meant, before the retry
 */
public record RetryPlan(Set<DestinationId> destinations, Map<String, Integer> generations) {
  public RetryPlan {
    destinations = Set.copyOf(destinations);
    generations = Map.copyOf(generations);
  }

  /**
   * Looks at the delivery as it is.
   *
   * @param wanted of the failed or cancelled destinations; empty for all that failed and still need
   *     it
   * @throws PlanException when there is nothing to retry, or one that is wanted has neither failed
   *     nor been cancelled
   */
  public static RetryPlan of(DeliveryStatus now, Set<DestinationId> wanted) {
    Map<String, Integer> generations = new LinkedHashMap<>();
    for (DestinationStatus status : now.destinations()) {
      // Without a task (refused by fan-out) there is nothing that could be sent again.
      boolean isMeant = wanted.isEmpty() ? status.needsRetry() : canBeNamed(status.state());
      if (isMeant && status.taskId().isPresent()) {
        generations.put(status.destinationId(), status.generation());
      }
    }
    for (DestinationId one : wanted) {
      if (!generations.containsKey(one.value())) {
        throw new PlanException(
            "destination "
                + one
                + " is not among the failed or cancelled ones of delivery "
                + now.deliveryId()
                + ": "
                + (generations.isEmpty()
                    ? "there is none"
                    : String.join(", ", generations.keySet())));
      }
    }
    if (generations.isEmpty()) {
      throw new PlanException(
          "no destination of delivery "
              + now.deliveryId()
              + " has failed after being tried and still needs it; there is nothing to retry");
    }
    if (!wanted.isEmpty()) {
      generations
          .keySet()
          .retainAll(wanted.stream().map(DestinationId::value).collect(Collectors.toSet()));
    }
    return new RetryPlan(wanted, generations);
  }

  private static boolean canBeNamed(DestinationState state) {
    return state == DestinationState.FAILED || state == DestinationState.CANCELLED;
  }

  /** What to ask for. */
  public DeliveryCommand.Action action() {
    return new DeliveryCommand.Retry(destinations);
  }

  /** Whether a status shows that all of them have got another life. */
  public boolean isTaken(DeliveryStatus status) {
    return generations.entrySet().stream()
        .allMatch(before -> isBeyond(status, before.getKey(), before.getValue()));
  }

  /** Whether a destination has got a later life than that one. */
  public static boolean isBeyond(DeliveryStatus status, String destination, int generation) {
    return status.destinations().stream()
        .anyMatch(one -> one.destinationId().equals(destination) && one.generation() > generation);
  }
}
