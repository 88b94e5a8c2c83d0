package io.waybill.checker;

import io.waybill.checker.Topics.Parked;
import io.waybill.checker.Topics.TaskEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * {@link Rule#FANOUT_DUP}, {@link Rule#RECORDED_TWICE} and {@link Rule#BAD_ID}: inside Kafka
 * everything is once, and a task has one name.
 */
final class OnceRules {
  private final Facts facts;
  private final Consumer<Finding> found;

  OnceRules(Facts facts, Consumer<Finding> found) {
    this.facts = facts;
    this.found = found;
  }

  void check() {
    for (String delivery : facts.deliveries()) {
      int times = facts.accepted(delivery).size();
      if (times > 1) {
        add(Rule.FANOUT_DUP, delivery, "accepted " + times + " times");
      }
    }
    for (TaskKey key : facts.tasksOfTopics()) {
      Set<Integer> generations = new TreeSet<>();
      facts.tasks(key).forEach(task -> generations.add(task.generation()));
      facts.parked(key).forEach(one -> generations.add(one.task().generation()));
      facts.events(key).forEach(event -> generations.add(event.generation()));
      facts.deadLetters(key).forEach(task -> generations.add(task.generation()));
      for (int generation : generations) {
        checkLife(key, generation);
      }
    }
    checkIds();
  }

  /**
   * A task record is the first one of its life, or what the timer let go; so there are at most one
   * more than waits that a sender recorded.
   */
  private void checkLife(TaskKey key, int generation) {
    List<TaskEvent> events =
        facts.events(key).stream().filter(event -> event.generation() == generation).toList();
    List<Parked> parked =
        facts.parked(key).stream().filter(one -> one.task().generation() == generation).toList();
    long tasks = facts.tasks(key).stream().filter(task -> task.generation() == generation).count();
    long waits = events.stream().filter(TaskEvent::isWait).count();
    long firsts = parked.stream().filter(Parked::isFirst).count();
    long retries = parked.size() - firsts;
    String life = key + ", generation " + generation;
    if (tasks > 1 + waits) {
      add(
          Rule.FANOUT_DUP,
          life,
          "%d task records: one, and one for each of %d waits, would be right"
              .formatted(tasks, waits));
    } else if (firsts > 1) {
      add(Rule.FANOUT_DUP, life, "parked by fan-out " + firsts + " times");
    } else if (firsts == 1 && tasks > firsts + retries) {
      add(
          Rule.FANOUT_DUP,
          life,
          "%d task records, although fan-out parked it and %d retries were parked later"
              .formatted(tasks, retries));
    }
    if (retries > waits) {
      add(
          Rule.RECORDED_TWICE,
          life,
          "%d parked records for %d recorded waits".formatted(retries, waits));
    }
    checkEnds(life, events);
    long letters =
        facts.deadLetters(key).stream().filter(task -> task.generation() == generation).count();
    if (letters > 1) {
      add(Rule.RECORDED_TWICE, life, letters + " dead letters");
    }
  }

  private void checkEnds(String life, List<TaskEvent> events) {
    List<TaskEvent.Kind> ends =
        events.stream().filter(TaskEvent::isEnd).map(TaskEvent::kind).toList();
    if (ends.size() > 1) {
      add(Rule.RECORDED_TWICE, life, "ended more than once: " + ends);
    }
    Map<Integer, Integer> failures = new TreeMap<>();
    events.stream()
        .filter(event -> event.kind() == TaskEvent.Kind.ATTEMPT_FAILED)
        .forEach(event -> failures.merge(event.attempt(), 1, Integer::sum));
    failures.forEach((attempt, times) -> {
      if (times > 1) {
        add(Rule.RECORDED_TWICE, life, "attempt " + attempt + " failed " + times + " times over");
      }
    });
  }

  private void checkIds() {
    Map<TaskKey, Set<String>> idsOf = new TreeMap<>();
    Map<String, Set<TaskKey>> tasksOf = new TreeMap<>();
    Set<TaskKey> all = new TreeSet<>(facts.tasksOfTopics());
    all.addAll(facts.receivedTasks());
    for (TaskKey key : all) {
      Set<String> ids = new TreeSet<>();
      facts.received(key).forEach(one -> ids.add(one.webhookId()));
      facts.tasks(key).forEach(task -> ids.add(task.taskId()));
      facts.parked(key).forEach(one -> ids.add(one.task().taskId()));
      facts.events(key).forEach(event -> ids.add(event.taskId()));
      facts.deadLetters(key).forEach(task -> ids.add(task.taskId()));
      facts.states(key).forEach(state -> state.taskId().ifPresent(ids::add));
      facts.accepted(key.deliveryId()).stream()
          .flatMap(accepted -> accepted.made().stream())
          .filter(made -> made.destinationId().equals(key.destinationId()))
          .forEach(made -> ids.add(made.taskId()));
      idsOf.put(key, ids);
      ids.forEach(id -> tasksOf.computeIfAbsent(id, _ -> new TreeSet<>()).add(key));
    }
    idsOf.forEach((key, ids) -> {
      if (ids.size() > 1) {
        add(Rule.BAD_ID, key.toString(), "one task, several ids: " + ids);
      }
    });
    tasksOf.forEach((id, keys) -> {
      if (keys.size() > 1) {
        add(Rule.BAD_ID, id, "one id, several tasks: " + keys);
      }
    });
  }

  private void add(Rule rule, String subject, String words) {
    found.accept(new Finding(rule, subject, words));
  }
}
