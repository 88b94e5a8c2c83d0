package io.waybill.sender;

import io.waybill.channel.Attempt;
import io.waybill.domain.DestinationId;
import io.waybill.domain.Outcome;
import io.waybill.domain.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The receivers of all destinations, behind the channels of several senders: they see how many
 * sends of a destination are under way at a time, whoever makes them.
 */
final class CountingReceivers {
  private final Function<DestinationId, Duration> takes;
  private final Map<DestinationId, Integer> underWay = new ConcurrentHashMap<>();
  private final Map<DestinationId, Integer> most = new ConcurrentHashMap<>();
  private final List<TaskId> received = Collections.synchronizedList(new ArrayList<>());

  /**
   * @param takes how long a destination needs to answer
   */
  CountingReceivers(Function<DestinationId, Duration> takes) {
    this.takes = takes;
  }

  /** The way of one sender to them. */
  ScriptedChannel channel() {
    return new ScriptedChannel(this::receive);
  }

  private CompletionStage<Outcome> receive(Attempt attempt) {
    DestinationId destination = attempt.destination().id();
    received.add(attempt.task().taskId());
    underWay.compute(
        destination,
        (_, before) -> {
          int now = before == null ? 1 : before + 1;
          most.merge(destination, now, Math::max);
          return now;
        });
    return CompletableFuture.supplyAsync(
        () -> {
          underWay.merge(destination, -1, Integer::sum);
          return ScriptedChannel.delivered();
        },
        CompletableFuture.delayedExecutor(
            takes.apply(destination).toMillis(), TimeUnit.MILLISECONDS));
  }

  /** The most sends that a destination ever had under way at once. */
  int most(DestinationId destination) {
    return most.getOrDefault(destination, 0);
  }

  /** How many sends of all destinations are under way. */
  int underWay() {
    return underWay.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Every send, repeated ones too. */
  List<TaskId> received() {
    synchronized (received) {
      return List.copyOf(received);
    }
  }
}
