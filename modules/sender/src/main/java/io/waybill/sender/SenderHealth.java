package io.waybill.sender;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether a sender does its work at this moment. Safe to ask from any thread; answers at once. */
public final class SenderHealth {
  private final List<Supplier<Optional<String>>> checks;

  SenderHealth(List<Supplier<Optional<String>>> checks) {
    this.checks = List.copyOf(checks);
  }

  /**
   * True when the poll thread turns, outcomes can be written, and the views of destinations and
   * controls are followed. False before the start, after the end, and whenever tasks cannot go on.
   */
  public boolean isHealthy() {
    return problems().isEmpty();
  }

  /** What is wrong, in words for operators; empty when healthy. */
  public List<String> problems() {
    return checks.stream().map(Supplier::get).flatMap(Optional::stream).toList();
  }
}
