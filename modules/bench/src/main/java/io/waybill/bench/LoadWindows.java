package io.waybill.bench;

import java.time.Duration;

/** Windows in which one sender sends loads of several installations, in turns. */
final class LoadWindows {
  /** After each start, for what a start brings. */
  static final Duration SETTLING = Duration.ofSeconds(2);

  /** Fewer windows than other benchmarks throw away: this one has more kinds of them. */
  private static final int MOST_WARM_UPS = 4;

  private static final Duration LONG = Duration.ofSeconds(60);

  /** Sends under way at a stop may be lost from the books; more would be another benchmark. */
  private static final double LEAST_SETTLED = 0.8;

  /** What is parked is settled and was not sent: on a machine that stands still now and then. */
  private static final double MOST_SETTLED = 1.05;

  private final Lab lab;
  private final Child sender;

  LoadWindows(Lab lab, Child sender) {
    this.lab = lab;
    this.sender = sender;
  }

  /** The sender with its usual limits, but a load that waits is no reason to park. */
  static Child startSender(Lab lab) {
    return lab.startSubject(
        "sender",
        SenderMain.class,
        lab.bootstrapServers(),
        lab.registryUrl(),
        lab.keyset().toString(),
        SenderMain.PATIENT);
  }

  /** Until the compilers are done, or never will be. */
  void warmUp(Installation at, Load load, long left, Duration window) {
    for (int i = 0; i < MOST_WARM_UPS; i++) {
      if (run(at, load, left, "warm-up", "", window).isWarm()) {
        return;
      }
    }
  }

  /**
   * One window.
   *
   * @param left tasks of the load that are to be sent
   * @param name of what is measured
   */
  Window measure(
      Installation at, Load load, long left, String round, String name, Duration window) {
    long before = lab.received();
    Window measured = run(at, load, left, round, name, window);
    load.requireLeft();
    long sent = lab.received() - before;
    long settled = load.settled();
    if (settled > sent * MOST_SETTLED || settled < sent * LEAST_SETTLED) {
      throw new BenchException(
          "the sender has settled %d tasks, and the receivers got %d requests"
                  .formatted(settled, sent)
              + ": what was measured is not what it is for");
    }
    return measured;
  }

  private Window run(
      Installation at, Load load, long left, String round, String name, Duration window) {
    load.rewind(left);
    long before = lab.received();
    sender.order(LONG, SenderMain.AT, at.bootstrapServers(), at.registryUrl());
    awaitFirst(before);
    Pause.of(SETTLING);
    Reading from = Reading.now(lab, sender, at.broker());
    Pause.of(window);
    Reading to = Reading.now(lab, sender, at.broker());
    sender.order(LONG, "stop");
    Window measured = Window.between(from, to);
    System.out.println(measured.row(round, name));
    return measured;
  }

  private void awaitFirst(long before) {
    long end = System.nanoTime() + LONG.toNanos();
    while (lab.received() == before) {
      if (System.nanoTime() - end > 0) {
        throw new BenchException("the sender has sent nothing for " + LONG + " after its start");
      }
      Pause.of(Duration.ofMillis(20));
    }
  }
}
