package io.waybill.checker;

import io.waybill.checker.Topics.DestinationState;
import io.waybill.checker.Topics.Known;
import io.waybill.checker.Topics.Purged;
import io.waybill.checker.Topics.Status;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** {@link Rule#LOST} and {@link Rule#STUCK}: everything that was promised ends, and ends well. */
final class LossRules {
  private final Facts facts;
  private final Consumer<Finding> found;

  LossRules(Facts facts, Consumer<Finding> found) {
    this.facts = facts;
    this.found = found;
  }

  void check() {
    for (String delivery : facts.deliveries()) {
      if (facts.isAcknowledged(delivery)) {
        checkDecided(delivery);
      }
      // Also when the submitter does not know: what was accepted is promised.
      facts.accepted(delivery).forEach(accepted -> checkTasks(accepted));
      checkStatus(delivery);
    }
  }

  private void checkDecided(String delivery) {
    boolean refused = !facts.rejected(delivery).isEmpty();
    if (!facts.accepted(delivery).isEmpty()) {
      if (!refused) {
        checkNoneDropped(delivery);
      }
      return;
    }
    if (refused) {
      return;
    }
    List<Topics.Duplicate> duplicates = facts.duplicates(delivery);
    if (duplicates.isEmpty()) {
      lost(delivery, "acknowledged, but there is no accepted, rejected or duplicate event");
    } else if (duplicates.stream().allMatch(one -> facts.accepted(one.duplicateOf()).isEmpty())) {
      lost(
          delivery,
          "called a duplicate of "
              + duplicates.getFirst().duplicateOf()
              + ", which was never accepted");
    }
  }

  private void checkNoneDropped(String delivery) {
    Set<String> dropped = new TreeSet<>();
    facts.submitted(delivery).forEach(one -> dropped.addAll(one.destinationIds()));
    for (Topics.Accepted accepted : facts.accepted(delivery)) {
      accepted.made().forEach(made -> dropped.remove(made.destinationId()));
      dropped.removeAll(accepted.refused());
    }
    for (String destination : dropped) {
      lost(
          new TaskKey(delivery, destination).toString(),
          "accepted, but this destination got neither a task nor a refusal");
    }
  }

  private void checkTasks(Topics.Accepted accepted) {
    for (Topics.Made made : accepted.made()) {
      TaskKey key = new TaskKey(accepted.deliveryId(), made.destinationId());
      if (!hasEnded(key)) {
        lost(
            key.toString(),
            "accepted, but no success at the receiver, no dead letter and no cancellation; "
                + known(key));
      }
    }
  }

  private boolean hasEnded(TaskKey key) {
    int generation = facts.generation(key);
    return !facts.successes(key).isEmpty()
        // The dead letter of an earlier life cannot be replayed once more.
        || facts.deadLetters(key).stream().anyMatch(task -> task.generation() >= generation)
        || facts.events(key).stream()
            .anyMatch(event -> event.kind() == Topics.TaskEvent.Kind.CANCELLED)
        || facts.states(key).stream()
            .anyMatch(state -> state.state().equals(DestinationState.CANCELLED))
        || facts.statuses(key.deliveryId()).stream().anyMatch(Purged.class::isInstance);
  }

  private String known(TaskKey key) {
    List<DestinationState> states = facts.states(key);
    return "%d task records, %d parked, %d events, %d requests received, status %s"
        .formatted(
            facts.tasks(key).size(),
            facts.parked(key).size(),
            facts.events(key).size(),
            facts.received(key).size(),
            states.isEmpty() ? "unknown" : states.getLast().state());
  }

  private void checkStatus(String delivery) {
    boolean decided =
        !facts.accepted(delivery).isEmpty()
            || !facts.rejected(delivery).isEmpty()
            || !facts.duplicates(delivery).isEmpty();
    if (!decided) {
      return;
    }
    List<Status> statuses = facts.statuses(delivery);
    if (statuses.isEmpty()) {
      stuck(delivery, "fan-out has decided on it, but it has no status");
      return;
    }
    switch (statuses.getLast()) {
      case Known known -> checkEnded(known);
      case Purged _ -> {
        // Only what has ended is purged; NONMONO looks after that.
      }
    }
  }

  private void checkEnded(Known status) {
    boolean found = false;
    for (DestinationState state : status.destinations()) {
      if (!state.isEnd()) {
        found = true;
        stuck(
            new TaskKey(status.deliveryId(), state.destinationId()).toString(),
            "still %s (generation %d, attempts %d)"
                .formatted(state.state(), state.generation(), state.attempts()));
      }
    }
    Set<String> told =
        status.destinations().stream()
            .map(DestinationState::destinationId)
            .collect(Collectors.toSet());
    for (Topics.Accepted accepted : facts.accepted(status.deliveryId())) {
      for (Topics.Made made : accepted.made()) {
        if (!told.contains(made.destinationId())) {
          found = true;
          stuck(
              new TaskKey(status.deliveryId(), made.destinationId()).toString(),
              "its task was made, but the status does not know it");
        }
      }
    }
    if (!found && !StatusRules.isEnd(status.state())) {
      stuck(status.deliveryId(), "every destination has ended, but it is still " + status.state());
    }
  }

  private void lost(String subject, String words) {
    found.accept(new Finding(Rule.LOST, subject, words));
  }

  private void stuck(String subject, String words) {
    found.accept(new Finding(Rule.STUCK, subject, words));
  }
}
