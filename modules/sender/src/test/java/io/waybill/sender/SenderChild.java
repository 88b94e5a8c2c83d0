package io.waybill.sender;

import io.waybill.domain.Outcome;
import io.waybill.wire.Codecs;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A sender in a JVM of its own, which prints what it sends; to be killed. */
final class SenderChild {
  static final String READY = "READY";
  static final String SENT = "SENT ";

  private SenderChild() {}

  /** {@code args}: bootstrap servers, instance id. */
  public static void main(String[] args) throws InterruptedException {
    ScriptedChannel channel =
        new ScriptedChannel(attempt -> {
          System.out.println(SENT + attempt.task().taskId());
          return CompletableFuture.<Outcome>supplyAsync(
              ScriptedChannel::delivered,
              CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
        });
    Sender sender =
        Installation.sender(
            args[0],
            args[1],
            channel,
            Installation.limits(20, 60),
            new Codecs(Installation.registry()));
    sender.start();
    System.out.println(READY);
    Thread.currentThread().join();
  }
}
