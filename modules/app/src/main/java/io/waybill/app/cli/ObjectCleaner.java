package io.waybill.app.cli;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationSecrets;
import io.waybill.secrets.Keyset;
import java.time.Instant;
import java.util.Optional;

/**
 * Removes objects of a destination whose day has come, in this process. Given by whoever has the
 * code that writes them; used by one thread, which it blocks until all was looked at.
 */
public interface ObjectCleaner {

  /**
   * What to clean up.
   *
   * @param keyset absent when the destination has no credentials
   * @param deletes whether objects are removed; otherwise they are only told
   */
  record Wish(
      Destination destination,
      DestinationSecrets secrets,
      Optional<Keyset> keyset,
      ConnectionTester.Operator operator,
      boolean deletes) {}

  /** Is told of each object, on the thread of the clean-up. */
  interface Watcher {
    /** It is about to be removed, or would be; what is thrown here saves it. */
    void due(String key, Instant removableAfter);

    /**
     * This upload, begun then and never ended, is about to be aborted, or would be; what is thrown
     * here saves it.
     */
    void unfinished(String key, Instant begunAt);

    /** It is there still, as far as anybody knows. */
    void failed(String key, String why);
  }

  /**
   * What came of it, in numbers of objects.
   *
   * @param removed or that would be
   * @param notYet with their day to come
   * @param held by a lock or a legal hold
   * @param others that the destination did not write, or that say nothing of a day
   * @param unfinished uploads that were aborted, or would be
   */
  record Result(int removed, int notYet, int held, int others, int failed, int unfinished) {}

  /**
   * Looks through the destination's folder.
   *
   * @throws CliException when it cannot begin or go on
   */
  Result run(Wish wish, Watcher watcher);
}
