package io.waybill.status;

import io.waybill.domain.DeliveryCommand.Fallback;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Chooses who stands in next, in a list of destinations that it changes. Single use.
 *
 * <p>One fallback is under way for a requested destination at a time. Its own fallbacks come after
 * the requested destination's. Two requested destinations may share one.
 */
final class FallbackPlan {
  /** Most destinations that may stand in within one delivery: a status must stay a record. */
  static final int MOST_FALLBACKS = 50;

  private final List<DestinationStatus> destinations;
  private final NewTasks newTasks;
  private final DeliveryStatus status;
  private final List<Chosen> chosen = new ArrayList<>();

  /**
   * @param destinations changed in place
   */
  FallbackPlan(List<DestinationStatus> destinations, NewTasks newTasks, DeliveryStatus status) {
    this.destinations = destinations;
    this.newTasks = newTasks;
    this.status = status;
  }

  /** A destination that gets a task now. */
  record Chosen(DestinationStatus destination, long version) {}

  /**
   * Chooses for the task of the destination at {@code position}.
   *
   * @return who gets a task; nobody when all are used up, or one that is there already is shared
   */
  List<Chosen> choose(int position, Fallback asked) {
    DestinationStatus ended = destinations.get(position);
    if (!ended.isFallback()) {
      replaceBy(position, asked.targets());
      chooseFor(position, position);
      return List.copyOf(chosen);
    }
    for (int i = 0; i < destinations.size(); i++) {
      if (Changes.standsInFor(ended, destinations.get(i))) {
        List<FallbackTarget> left = new ArrayList<>(destinations.get(i).fallbacksLeft());
        asked.targets().stream().filter(target -> !left.contains(target)).forEach(left::add);
        replaceBy(i, left);
        chooseFor(i, position);
      }
    }
    return List.copyOf(chosen);
  }

  private void chooseFor(int requested, int ended) {
    DestinationStatus one = destinations.get(requested);
    if (one.isServed() || one.state() == DestinationState.CANCELLED) {
      replaceBy(requested, List.of());
      return;
    }
    if (isAnotherUnderWay(one, ended)) {
      return;
    }
    List<FallbackTarget> left = one.fallbacksLeft();
    int generation = destinations.get(ended).generation();
    for (int next = 0; next < left.size(); next++) {
      if (take(left.get(next), new DestinationId(one.destinationId()), generation)) {
        replaceBy(requested, left.subList(next + 1, left.size()));
        return;
      }
    }
    replaceBy(requested, List.of());
  }

  private boolean isAnotherUnderWay(DestinationStatus requested, int ended) {
    for (int i = 0; i < destinations.size(); i++) {
      DestinationStatus other = destinations.get(i);
      if (i != ended && Changes.standsInFor(other, requested) && !other.state().isTerminal()) {
        return true;
      }
    }
    return false;
  }

  /** Takes a destination as fallback, if it can be one. */
  private boolean take(FallbackTarget target, DestinationId requested, int generation) {
    if (!newTasks.isServed(target.destinationType())) {
      return false;
    }
    for (int i = 0; i < destinations.size(); i++) {
      DestinationStatus present = destinations.get(i);
      if (present.destinationId().equals(target.destinationId().value())) {
        return takeAgain(i, present, target, requested, generation);
      }
    }
    if (destinations.stream().filter(DestinationStatus::isFallback).count() >= MOST_FALLBACKS) {
      return false;
    }
    DestinationStatus added =
        Changes.standingInFor(
            new DestinationStatus(
                target.destinationId().value(),
                Optional.of(target.destinationType()),
                Optional.of(
                    TaskId.of(
                        status.organizationId(), status.deliveryId(), target.destinationId())),
                DestinationState.PENDING,
                // Not 0: a cancel covers all generations up to the highest of its time, and a task
                // that was asked for after it must lie beyond.
                generation,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            requested);
    destinations.add(added);
    chosen.add(new Chosen(added, target.destinationVersion()));
    return true;
  }

  private boolean takeAgain(
      int position,
      DestinationStatus present,
      FallbackTarget target,
      DestinationId requested,
      int generation) {
    if (!present.isFallback()) {
      // The request names it: it gets, or got, the delivery anyway.
      return false;
    }
    boolean isOver = present.state().isTerminal() && present.state() != DestinationState.DELIVERED;
    if (isOver && present.generation() >= generation) {
      return false;
    }
    DestinationStatus shared = Changes.standingInFor(present, requested);
    if (!isOver) {
      destinations.set(position, shared);
      return true;
    }
    DestinationStatus reborn = Changes.reborn(shared, generation);
    destinations.set(position, reborn);
    chosen.add(new Chosen(reborn, target.destinationVersion()));
    return true;
  }

  private void replaceBy(int position, List<FallbackTarget> left) {
    destinations.set(position, Changes.withFallbacksLeft(destinations.get(position), left));
  }
}
