package io.waybill.sender;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Outcome;
import io.waybill.domain.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A channel that does to each attempt what the test says, and remembers them. */
final class ScriptedChannel implements Channel {
  private final List<Attempt> attempts = Collections.synchronizedList(new ArrayList<>());
  private volatile int copies = 1;
  private volatile Function<Attempt, CompletionStage<Outcome>> script;

  ScriptedChannel(Function<Attempt, CompletionStage<Outcome>> script) {
    this.script = script;
  }

  /** Keeps so many bytes for each of a payload, to destinations that it is told. */
  ScriptedChannel keeping(int times) {
    copies = times;
    return this;
  }

  @Override
  public long footprint(Optional<Destination> destination, long payloadBytes) {
    return destination.isPresent() ? copies * payloadBytes : payloadBytes;
  }

  static ScriptedChannel deliversAll() {
    return new ScriptedChannel(_ -> now(delivered()));
  }

  static CompletionStage<Outcome> now(Outcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }

  static Outcome delivered() {
    return new Outcome.Delivered("200", Optional.of("ref"), Duration.ofMillis(3));
  }

  void setScript(Function<Attempt, CompletionStage<Outcome>> next) {
    script = next;
  }

  List<Attempt> attempts() {
    synchronized (attempts) {
      return List.copyOf(attempts);
    }
  }

  List<TaskId> taskIds() {
    return attempts().stream().map(attempt -> attempt.task().taskId()).toList();
  }

  @Override
  public DestinationType type() {
    return DestinationType.WEBHOOK;
  }

  @Override
  public CompletionStage<Outcome> send(Attempt attempt) {
    attempts.add(attempt);
    return script.apply(attempt);
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
