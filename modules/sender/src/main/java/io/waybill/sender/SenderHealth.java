package io.waybill.sender;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Whether a sender does its work at this moment. Safe to ask from any thread; answers at once. */
public final class SenderHealth {
  private final List<Supplier<Optional<String>>> threads;
  private final List<Supplier<Optional<String>>> work;
  private final BooleanSupplier assigned;

  /**
   * @param threads what is wrong with the sender's own threads
   * @param work what else keeps tasks from going on
   * @param assigned whether the group has given it partitions once
   */
  SenderHealth(
      List<Supplier<Optional<String>>> threads,
      List<Supplier<Optional<String>>> work,
      BooleanSupplier assigned) {
    this.threads = List.copyOf(threads);
    this.work = List.copyOf(work);
    this.assigned = assigned;
  }

  /**
   * True while its threads run, whatever they wait for. False before the start, after the end, and
   * when only a restart may help: a supervisor may act on it.
   */
  public boolean isAlive() {
    return threadProblems().isEmpty();
  }

  /** Why it is not alive, in words for operators; empty when it is. */
  public List<String> threadProblems() {
    return words(threads.stream());
  }

  /** Whether the group has given it its partitions once, be they none. */
  public boolean isAssigned() {
    return assigned.getAsBoolean();
  }

  /**
   * True when tasks can go on: the poll thread turns, outcomes can be written, the registry
   * answers, and the views of destinations and controls are followed.
   */
  public boolean isHealthy() {
    return problems().isEmpty();
  }

  /** True when it is healthy and has its partitions. */
  public boolean isReady() {
    return isHealthy() && isAssigned();
  }

  /** What is wrong, in words for operators; empty when healthy. */
  public List<String> problems() {
    return words(Stream.concat(threads.stream(), work.stream()));
  }

  private static List<String> words(Stream<Supplier<Optional<String>>> checks) {
    return checks.map(Supplier::get).flatMap(Optional::stream).toList();
  }
}
