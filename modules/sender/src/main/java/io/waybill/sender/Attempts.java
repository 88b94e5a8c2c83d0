package io.waybill.sender;

/**
 * Starts tasks on their way; how many are under way is the {@link Budget}'s say. Called by the poll
 * thread; ends are handed to the ledger on whatever thread they come.
 */
final class Attempts {
  private final TaskFlow flow;
  private final Watchdog watchdog;

  /**
   * @param watchdog that watches the flow's attempts
   */
  Attempts(TaskFlow flow, Watchdog watchdog) {
    this.flow = flow;
    this.watchdog = watchdog;
  }

  /** Starts a flow and returns at once; its end is handed to {@code ledger}. */
  void start(Work work, Order order, Ledger ledger) {
    var _ =
        flow.run(work, order)
            .whenComplete((ended, failure) -> {
              if (failure == null) {
                ledger.done(work, order, ended);
              } else {
                ledger.failed(work, order, failure);
              }
            });
  }

  /** As of {@link TaskFlow#footprint}. */
  long footprint(Work.Content content) {
    return flow.footprint(content);
  }

  /** Ends what a channel has not ended in time. */
  void giveUpOverdue() {
    watchdog.look();
  }
}
