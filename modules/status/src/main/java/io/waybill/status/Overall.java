package io.waybill.status;

import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import java.util.List;
import java.util.Optional;

/** The state of an accepted delivery, from the states of its destinations. */
final class Overall {
  private Overall() {}

  static OverallState of(List<DestinationStatus> destinations) {
    if (!destinations.stream().allMatch(Overall::isOver)) {
      boolean untouched = destinations.stream().noneMatch(one -> isOver(one) || one.attempts() > 0);
      return untouched ? OverallState.QUEUED : OverallState.PROCESSING;
    }
    long delivered = count(destinations, DestinationState.DELIVERED);
    if (delivered > 0) {
      return delivered == destinations.size() ? OverallState.COMPLETED : OverallState.PARTIAL;
    }
    if (destinations.stream().allMatch(one -> one.reason().equals(Optional.of(Reason.EXPIRED)))) {
      return OverallState.EXPIRED;
    }
    return count(destinations, DestinationState.FAILED) > 0
        ? OverallState.FAILED
        : OverallState.CANCELLED;
  }

  /** Whether nothing more will happen to a delivery in this state by itself. */
  static boolean isTerminal(OverallState state) {
    return switch (state) {
      case QUEUED, PROCESSING -> false;
      case COMPLETED, FAILED, PARTIAL, REJECTED, DUPLICATE, CANCELLED, EXPIRED -> true;
    };
  }

  private static boolean isOver(DestinationStatus destination) {
    return destination.state().isTerminal();
  }

  private static long count(List<DestinationStatus> destinations, DestinationState state) {
    return destinations.stream().filter(one -> one.state() == state).count();
  }
}
