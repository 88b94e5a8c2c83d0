package io.waybill.app.cli;

import io.waybill.domain.Task;
import java.util.Iterator;
import java.util.Optional;

/** Dead letters that are read again, one after the other. Used by one thread. */
interface Letters extends Iterator<Letters.Letter>, AutoCloseable {
  /**
   * A dead letter that was found before.
   *
   * @param task absent when the letter is gone since
   */
  record Letter(Replay.Candidate candidate, Optional<Task> task) {}

  @Override
  void close();
}
