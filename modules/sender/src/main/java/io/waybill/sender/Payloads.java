package io.waybill.sender;

import io.waybill.domain.Task;
import java.util.concurrent.CompletionStage;

/** Where the payloads of tasks come from. */
@FunctionalInterface
interface Payloads {
  /**
   * Data and metadata that the task is to deliver. Those inside the task are there at once; others
   * come on another thread, after up to half a minute.
   */
  CompletionStage<PayloadSource.Fetched> fetch(Task task);
}
