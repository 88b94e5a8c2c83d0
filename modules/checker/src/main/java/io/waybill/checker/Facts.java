package io.waybill.checker;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** Histories and topics joined by delivery and destination. In a fixed order; never changed. */
final class Facts {
  private final Map<String, List<Submitted>> submitted;
  private final Map<TaskKey, List<Received>> received;
  private final Map<TaskKey, List<Topics.Task>> tasks;
  private final Map<TaskKey, List<Topics.Parked>> parked;
  private final Map<String, List<Topics.Accepted>> accepted;
  private final Map<String, List<Topics.Rejected>> rejected;
  private final Map<String, List<Topics.Duplicate>> duplicates;
  private final Map<TaskKey, List<Topics.TaskEvent>> events;
  private final Map<String, List<Topics.Status>> statuses;
  private final Map<TaskKey, List<Topics.Task>> deadLetters;

  Facts(History history, Topics topics) {
    submitted = grouped(history.submitted(), Submitted::deliveryId);
    received = grouped(history.received(), Received::key);
    tasks = grouped(topics.tasks(), Topics.Task::key);
    parked = grouped(topics.parked(), one -> one.task().key());
    accepted = events(topics, Topics.Accepted.class, Topics.Event::deliveryId);
    rejected = events(topics, Topics.Rejected.class, Topics.Event::deliveryId);
    duplicates = events(topics, Topics.Duplicate.class, Topics.Event::deliveryId);
    events = events(topics, Topics.TaskEvent.class, Topics.TaskEvent::key);
    statuses = grouped(topics.statuses(), Topics.Status::deliveryId);
    deadLetters =
        grouped(
            topics.deadLetters().stream().flatMap(letter -> letter.task().stream()).toList(),
            Topics.Task::key);
  }

  private static <E extends Topics.Event, K> Map<K, List<E>> events(
      Topics topics, Class<E> kind, Function<? super E, K> key) {
    return grouped(topics.events().stream().filter(kind::isInstance).map(kind::cast).toList(), key);
  }

  private static <K, V> Map<K, List<V>> grouped(
      Collection<V> values, Function<? super V, ? extends K> key) {
    return values.stream().collect(groupingBy(key, TreeMap::new, toList()));
  }

  /** Every delivery of the submitter's or of fan-out's. */
  Set<String> deliveries() {
    Set<String> all = new TreeSet<>(submitted.keySet());
    all.addAll(accepted.keySet());
    all.addAll(rejected.keySet());
    all.addAll(duplicates.keySet());
    return all;
  }

  /** Every task that a topic speaks of. */
  Set<TaskKey> tasksOfTopics() {
    Set<TaskKey> all = new TreeSet<>(tasks.keySet());
    all.addAll(parked.keySet());
    all.addAll(events.keySet());
    all.addAll(deadLetters.keySet());
    accepted.forEach((delivery, events) ->
        events.forEach(event ->
            event.made().forEach(made -> all.add(new TaskKey(delivery, made.destinationId())))));
    return all;
  }

  Set<TaskKey> receivedTasks() {
    return received.keySet();
  }

  /** More than one when it was submitted again under the same id. */
  List<Submitted> submitted(String deliveryId) {
    return submitted.getOrDefault(deliveryId, List.of());
  }

  boolean isAcknowledged(String deliveryId) {
    return submitted(deliveryId).stream()
        .anyMatch(one -> one.fate() == Submitted.Fate.ACKNOWLEDGED);
  }

  /** Whether it may exist at all. */
  boolean mayExist(String deliveryId) {
    return submitted(deliveryId).stream().anyMatch(one -> one.fate() != Submitted.Fate.FAILED);
  }

  List<Received> received(TaskKey key) {
    return received.getOrDefault(key, List.of());
  }

  /** The receipts that count: answered 2xx, with the bytes that were submitted. */
  List<Received> successes(TaskKey key) {
    return received(key).stream()
        .filter(one -> one.isAnsweredWithSuccess() && hasRightBytes(one))
        .toList();
  }

  /** False only when both sides wrote a hash down and they differ. */
  boolean hasRightBytes(Received one) {
    List<Submitted> requests = submitted(one.deliveryId());
    return one.dataSha256().isEmpty()
        || requests.isEmpty()
        || requests.stream()
            .anyMatch(request ->
                request.dataSha256().isEmpty() || request.dataSha256().equals(one.dataSha256()));
  }

  List<Topics.Task> tasks(TaskKey key) {
    return tasks.getOrDefault(key, List.of());
  }

  List<Topics.Parked> parked(TaskKey key) {
    return parked.getOrDefault(key, List.of());
  }

  List<Topics.Accepted> accepted(String deliveryId) {
    return accepted.getOrDefault(deliveryId, List.of());
  }

  List<Topics.Rejected> rejected(String deliveryId) {
    return rejected.getOrDefault(deliveryId, List.of());
  }

  List<Topics.Duplicate> duplicates(String deliveryId) {
    return duplicates.getOrDefault(deliveryId, List.of());
  }

  List<Topics.TaskEvent> events(TaskKey key) {
    return events.getOrDefault(key, List.of());
  }

  Map<String, List<Topics.Status>> statuses() {
    return statuses;
  }

  List<Topics.Status> statuses(String deliveryId) {
    return statuses.getOrDefault(deliveryId, List.of());
  }

  List<Topics.Task> deadLetters(TaskKey key) {
    return deadLetters.getOrDefault(key, List.of());
  }

  /** Whether it stands in for a destination that the request names. */
  boolean standsIn(TaskKey key) {
    List<Submitted> requests = submitted(key.deliveryId());
    return Stream.of(
            tasks(key).stream(),
            parked(key).stream().map(Topics.Parked::task),
            deadLetters(key).stream())
        .flatMap(Function.identity())
        .flatMap(task -> task.fallbackOf().stream())
        .anyMatch(requested ->
            requests.stream().anyMatch(one -> one.destinationIds().contains(requested)));
  }

  /** The parts of this task in all statuses of its delivery, in order. */
  List<Topics.DestinationState> states(TaskKey key) {
    return statuses(key.deliveryId()).stream()
        .flatMap(status ->
            switch (status) {
              case Topics.Known known -> known.destinations().stream();
              case Topics.Purged _ -> Stream.empty();
            })
        .filter(state -> state.destinationId().equals(key.destinationId()))
        .toList();
  }

  /** The newest generation that any topic knows. */
  int generation(TaskKey key) {
    int newest = 0;
    for (Topics.Task task : tasks(key)) {
      newest = Math.max(newest, task.generation());
    }
    for (Topics.DestinationState state : states(key)) {
      newest = Math.max(newest, state.generation());
    }
    return newest;
  }

  /** How many lives the task had; each may succeed once. */
  long lives(TaskKey key) {
    return Math.max(1, tasks(key).stream().mapToInt(Topics.Task::generation).distinct().count());
  }
}
