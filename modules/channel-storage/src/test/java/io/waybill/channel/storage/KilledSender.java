package io.waybill.channel.storage;

import java.time.Duration;

/** The process of a sender that is killed while it writes a large object. */
final class KilledSender {
  private KilledSender() {}

  /**
   * @param args where the store is
   */
  public static void main(String[] args) {
    try (Rig rig = MultipartTest.small(new Rig())) {
      rig.send(
          Attempts.anAttempt()
              .data(MultipartTest.large())
              .at(args[0])
              .timeout(Duration.ofMinutes(1)));
    }
  }
}
