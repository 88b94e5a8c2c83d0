package io.waybill.checker;

import io.waybill.checker.Topics.DestinationState;
import io.waybill.checker.Topics.TaskEvent;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * {@link Rule#FALSE_DELIVERED} and {@link Rule#PHANTOM}: what is said has happened, and what
 * happens was asked for.
 */
final class TruthRules {
  private final Facts facts;
  private final Consumer<Finding> found;

  TruthRules(Facts facts, Consumer<Finding> found) {
    this.facts = facts;
    this.found = found;
  }

  void check() {
    Set<TaskKey> all = new TreeSet<>(facts.tasksOfTopics());
    facts
        .statuses()
        .forEach((delivery, statuses) ->
            statuses.forEach(status -> {
              if (status instanceof Topics.Known known) {
                known.destinations().stream()
                    .filter(state -> state.taskId().isPresent())
                    .forEach(state -> all.add(new TaskKey(delivery, state.destinationId())));
              }
            }));
    for (TaskKey key : all) {
      checkDelivered(key);
      checkWanted(key, "a topic has a task");
      checkOrganization(key);
    }
    for (TaskKey key : facts.receivedTasks()) {
      checkWanted(key, "a receiver got a request");
      checkReceived(key);
    }
    for (String delivery : facts.deliveries()) {
      // Not those that nobody submitted: a request too broken to have an id is given one.
      if (!facts.submitted(delivery).isEmpty()
          && !facts.mayExist(delivery)
          && facts.accepted(delivery).isEmpty()) {
        decided(delivery)
            .ifPresent(how -> phantom(delivery, how + ", but it " + unasked(delivery)));
      }
    }
  }

  private Optional<String> decided(String delivery) {
    if (!facts.rejected(delivery).isEmpty()) {
      return Optional.of("rejected");
    }
    return facts.duplicates(delivery).isEmpty() ? Optional.empty() : Optional.of("a duplicate");
  }

  private void checkDelivered(TaskKey key) {
    boolean said =
        facts.events(key).stream().anyMatch(event -> event.kind() == TaskEvent.Kind.DELIVERED)
            || facts.states(key).stream()
                .anyMatch(state -> state.state().equals(DestinationState.DELIVERED));
    if (said && facts.successes(key).isEmpty()) {
      found.accept(
          new Finding(
              Rule.FALSE_DELIVERED,
              key.toString(),
              "recorded as delivered; of "
                  + facts.received(key).size()
                  + " requests received none was answered 2xx with the submitted bytes"));
    }
  }

  private void checkWanted(TaskKey key, String what) {
    if (!facts.mayExist(key.deliveryId())) {
      phantom(key.toString(), what + " for a delivery that " + unasked(key.deliveryId()));
      return;
    }
    boolean named =
        facts.submitted(key.deliveryId()).stream()
            .anyMatch(one -> one.destinationIds().contains(key.destinationId()));
    if (!named && !facts.standsIn(key)) {
      phantom(key.toString(), what + " for a destination that the request does not name");
    }
  }

  private String unasked(String delivery) {
    return facts.submitted(delivery).isEmpty()
        ? "nobody submitted"
        : "was never published: its submission failed";
  }

  private void checkOrganization(TaskKey key) {
    Set<String> claimed = new TreeSet<>();
    facts.tasks(key).forEach(task -> claimed.add(task.organizationId()));
    facts.parked(key).forEach(one -> claimed.add(one.task().organizationId()));
    facts.events(key).forEach(event -> claimed.add(event.organizationId()));
    facts.submitted(key.deliveryId()).forEach(one -> claimed.remove(one.organizationId()));
    if (!claimed.isEmpty() && facts.mayExist(key.deliveryId())) {
      phantom(key.toString(), "under another organization than submitted: " + claimed);
    }
  }

  private void checkReceived(TaskKey key) {
    long altered = facts.received(key).stream().filter(one -> !facts.hasRightBytes(one)).count();
    if (altered > 0) {
      phantom(
          key.toString(),
          altered + " requests received with other bytes than submitted (SHA-256 differs)");
    }
    if (facts.mayExist(key.deliveryId())
        && facts.tasks(key).isEmpty()
        && facts.parked(key).isEmpty()) {
      phantom(key.toString(), "a receiver got a request, but no topic has a task for it");
    }
  }

  private void phantom(String subject, String words) {
    found.accept(new Finding(Rule.PHANTOM, subject, words));
  }
}
