package io.waybill.status;

import static io.waybill.status.Sample.START;
import static io.waybill.status.Sample.deadWithFallback;
import static io.waybill.status.Sample.delivered;
import static io.waybill.status.Sample.failed;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OverallState;
import io.waybill.domain.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Thousands of small worlds: who names whom as fallback, who delivers, who is asked too early, and
 * in which order events and commands are read, is all drawn by lot.
 */
class FallbackOrderTest {
  private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f");

  @Test
  void whateverIsReadFirstEachIsSentOnceAndNobodyIsLeftUntried() {
    Map<OverallState, Integer> ends = new TreeMap<>();
    for (int seed = 0; seed < 5_000; seed++) {
      ends.merge(new World(seed).run(), 1, Integer::sum);
    }
    // Otherwise the worlds would be too simple to prove anything.
    assertThat(ends.keySet())
        .containsExactly(OverallState.COMPLETED, OverallState.FAILED, OverallState.PARTIAL);
    assertThat(ends.values()).allMatch(count -> count > 200);
  }

  private static final class World {
    private final int seed;
    private final Random random;
    private final Sample sample = new Sample();
    private final FallbackDecider decider =
        new FallbackDecider(new NewTasks(Set.of(DestinationType.WEBHOOK)));
    private final Map<String, List<String>> fallbacks = new TreeMap<>();
    private final Set<String> delivering = new HashSet<>();
    private final List<String> requested;

    private final Deque<DeliveryEvent> events = new ArrayDeque<>();
    private final Deque<DeliveryCommand> commands = new ArrayDeque<>();
    private final List<String> sending = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private Optional<DeliveryStatus> status = Optional.empty();

    World(int seed) {
      this.seed = seed;
      random = new Random(seed);
      for (String name : NAMES) {
        fallbacks.put(name, some(random.nextInt(4)));
        if (random.nextInt(3) == 0) {
          delivering.add(name);
        }
      }
      requested = some(1 + random.nextInt(3));
    }

    private List<String> some(int count) {
      List<String> all = new ArrayList<>(NAMES);
      Collections.shuffle(all, random);
      return List.copyOf(all.subList(0, count));
    }

    OverallState run() {
      events.add(sample.accepted(requested.toArray(String[]::new)));
      requested.forEach(this::startsSending);
      while (!events.isEmpty() || !commands.isEmpty() || !sending.isEmpty()) {
        switch (random.nextInt(3)) {
          case 0 -> send();
          case 1 -> readEvent();
          default -> readCommand();
        }
      }
      judge();
      return status.orElseThrow().state();
    }

    private void startsSending(String name) {
      sending.add(name);
      sent.add(name);
    }

    private void send() {
      if (sending.isEmpty()) {
        return;
      }
      String name = sending.remove(random.nextInt(sending.size()));
      String[] targets = fallbacks.get(name).toArray(String[]::new);
      events.add(sample.event(name, 0, 1, failed()));
      if (random.nextInt(3) == 0) {
        commands.add(sample.overdue(name, START, targets));
      }
      if (delivering.contains(name)) {
        events.add(sample.event(name, 0, 2, delivered()));
        return;
      }
      events.add(sample.event(name, 0, 2, deadWithFallback()));
      commands.add(sample.fallback(name, 0, targets));
    }

    private void readEvent() {
      if (!events.isEmpty()
          && DeliveryReducer.reduce(events.removeFirst(), status)
              instanceof Reduction.Changed(DeliveryStatus next)) {
        changesTo(next);
      }
    }

    private void readCommand() {
      if (commands.isEmpty()) {
        return;
      }
      DeliveryCommand command = commands.removeFirst();
      var asked = (DeliveryCommand.Fallback) command.action();
      switch (decider.decide(command, asked, status, START)) {
        case FallbackDecision.Granted granted -> {
          changesTo(granted.status());
          granted.tasks().stream()
              .map(Task::destinationId)
              .forEach(id -> startsSending(id.value()));
        }
        case FallbackDecision.Moot _ -> {}
        case FallbackDecision.Unknown _ -> commands.addLast(command);
        case FallbackDecision.Later later -> throw new AssertionError(later);
        case FallbackDecision.Impossible impossible -> throw new AssertionError(impossible);
      }
    }

    private void changesTo(DeliveryStatus next) {
      status
          .filter(before -> Overall.isTerminal(before.state()))
          .ifPresent(before ->
              assertThat(next.state())
                  .as("the end is the end, %d", seed)
                  .isEqualTo(before.state()));
      if (Overall.isTerminal(next.state())) {
        assertThat(sending).as("over while something is under way, %d", seed).isEmpty();
      }
      status = Optional.of(next);
    }

    private void judge() {
      DeliveryStatus end = status.orElseThrow();
      assertThat(Overall.isTerminal(end.state())).as("ended, %d", seed).isTrue();
      assertThat(sent).as("each once, %d", seed).doesNotHaveDuplicates();
      Map<String, DestinationStatus> entries = new TreeMap<>();
      end.destinations().forEach(one -> entries.put(one.destinationId(), one));
      assertThat(entries.keySet()).as("all sent are shown, %d", seed).hasSameElementsAs(sent);
      for (String name : requested) {
        DestinationStatus one = entries.get(name);
        assertThat(one.isFallback()).isFalse();
        if (!one.isServed()) {
          assertNobodyIsLeft(one, entries);
        }
      }
    }

    private void assertNobodyIsLeft(
        DestinationStatus unserved, Map<String, DestinationStatus> entries) {
      for (DestinationStatus one : entries.values()) {
        boolean speaksForIt = one.equals(unserved) || Changes.standsInFor(one, unserved);
        if (speaksForIt) {
          fallbacks.get(one.destinationId()).stream()
              .filter(name -> !requested.contains(name))
              .forEach(name ->
                  assertThat(entries.get(name))
                      .as("%s for %s, %d", name, unserved.destinationId(), seed)
                      .isNotNull()
                      .extracting(DestinationStatus::state)
                      .isEqualTo(DestinationState.FAILED));
        }
      }
    }
  }
}
