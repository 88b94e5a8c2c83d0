package io.waybill.app.cli;

import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import java.util.List;
import java.util.Optional;

/** How a delivery stands, as far as the replay of one of its dead letters cares. */
enum ReplayStanding {
  /** Nothing is known of the delivery, or of the task in it. */
  UNKNOWN,
  /** The task lies dead. */
  DEAD,
  /** It got another life. */
  REPLAYED,
  /** The other destination stands in for it. */
  REROUTED,
  /** The other destination stood in for it, and failed too or was cancelled. */
  STAND_IN_FAILED,
  /** Somebody has it, or is being sent it, in its destination's place. */
  STOOD_IN,
  /** The request names the destination that it is to be rerouted to. */
  NAMED_BY_REQUEST;

  /**
   * Reads a status.
   *
   * @param target where the task is to be rerouted to, if it is
   */
  static ReplayStanding of(
      DeliveryStatus status, Replay.Candidate candidate, Optional<DestinationId> target) {
    Optional<DestinationStatus> found = entry(status, candidate.destinationId());
    if (found.isEmpty()) {
      return UNKNOWN;
    }
    DestinationStatus one = found.get();
    List<String> requested =
        one.isFallback()
            ? one.fallbackOf().stream().map(DestinationId::value).toList()
            : List.of(one.destinationId());
    Optional<DestinationStatus> standIn = target.flatMap(id -> entry(status, id.value()));
    if (standIn.filter(other -> !other.isFallback()).isPresent()) {
      return NAMED_BY_REQUEST;
    }
    List<String> inNeed = inNeed(status, requested);
    Optional<DestinationStatus> forAll =
        standIn.filter(other -> standsIn(other, requested) && standsInForAll(other, inNeed));
    if (forAll.filter(other -> !hasEndedWithout(other)).isPresent()) {
      return REROUTED;
    }
    if (forAll.isPresent() && !inNeed.isEmpty()) {
      return STAND_IN_FAILED;
    }
    if (one.generation() > candidate.generation()) {
      return REPLAYED;
    }
    return requested.stream().allMatch(id -> isStoodIn(status, one, id)) ? STOOD_IN : DEAD;
  }

  private static boolean isStoodIn(DeliveryStatus status, DestinationStatus dead, String id) {
    boolean isServed = entry(status, id).filter(DestinationStatus::isServed).isPresent();
    return isServed
        || status.destinations().stream()
            .filter(other -> !other.equals(dead) && !other.state().isTerminal())
            .anyMatch(other -> standsIn(other, List.of(id)));
  }

  /** As the status role has it: what failed and nobody has delivered for. */
  private static List<String> inNeed(DeliveryStatus status, List<String> requested) {
    return status.destinations().stream()
        .filter(one -> !one.isFallback() && !one.isServed())
        .filter(one -> one.state() == DestinationState.FAILED)
        .map(DestinationStatus::destinationId)
        .filter(requested::contains)
        .toList();
  }

  private static boolean standsInForAll(DestinationStatus other, List<String> inNeed) {
    return other.fallbackOf().stream().map(DestinationId::value).toList().containsAll(inNeed);
  }

  private static boolean hasEndedWithout(DestinationStatus other) {
    return other.state().isTerminal() && other.state() != DestinationState.DELIVERED;
  }

  private static boolean standsIn(DestinationStatus other, List<String> requested) {
    return other.fallbackOf().stream().anyMatch(id -> requested.contains(id.value()));
  }

  private static Optional<DestinationStatus> entry(DeliveryStatus status, String id) {
    return status.destinations().stream().filter(one -> one.destinationId().equals(id)).findFirst();
  }
}
