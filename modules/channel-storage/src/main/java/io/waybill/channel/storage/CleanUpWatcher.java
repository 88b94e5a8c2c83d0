package io.waybill.channel.storage;

import java.time.Instant;

/** Is told what a clean-up does, object by object, on its thread. */
public interface CleanUpWatcher {

  /** This object is about to be removed, or would be; what is thrown here saves it. */
  void due(String key, Instant removableAfter);

  /**
   * It is there still.
   *
   * @param why in words without a secret
   */
  void failed(String key, String why);
}
