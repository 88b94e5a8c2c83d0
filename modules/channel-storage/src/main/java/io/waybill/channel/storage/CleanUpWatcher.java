package io.waybill.channel.storage;

import java.time.Instant;

/** Is told what a clean-up does, object by object, on its thread. */
public interface CleanUpWatcher {

  /** This object is about to be removed, or would be; what is thrown here saves it. */
  void due(String key, Instant removableAfter);

  /**
   * This upload, which was begun then and never ended, is about to be aborted, or would be; what is
   * thrown here saves it.
   */
  void unfinished(String key, Instant begunAt);

  /**
   * It is there still, as far as anybody knows.
   *
   * @param why in words without a secret
   */
  void failed(String key, String why);
}
