package io.waybill.status;

import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import java.util.List;
import java.util.Optional;

/**
 * The state of an accepted delivery, from the states of its destinations. It is over when all of
 * them are; whether it went well depends on those that the request named, and a fallback counts for
 * the one that it delivered for.
 */
final class Overall {
  private Overall() {}

  static OverallState of(List<DestinationStatus> destinations) {
    if (!destinations.stream().allMatch(Overall::isOver)) {
      boolean untouched = destinations.stream().noneMatch(one -> isOver(one) || one.attempts() > 0);
      return untouched ? OverallState.QUEUED : OverallState.PROCESSING;
    }
    List<DestinationStatus> requested =
        destinations.stream().filter(one -> !one.isFallback()).toList();
    long served = requested.stream().filter(DestinationStatus::isServed).count();
    if (served > 0) {
      return served == requested.size() ? OverallState.COMPLETED : OverallState.PARTIAL;
    }
    if (requested.stream().allMatch(one -> one.reason().equals(Optional.of(Reason.EXPIRED)))) {
      return OverallState.EXPIRED;
    }
    return count(requested, DestinationState.FAILED) > 0
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
