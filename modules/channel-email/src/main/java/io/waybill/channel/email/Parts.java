package io.waybill.channel.email;

import io.waybill.domain.Hashing;
import io.waybill.domain.MailAddress;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import java.nio.charset.StandardCharsets;

/**
 * The marks by which a task remembers its recipients between attempts. A recipient is a hash of
 * task and address, so that records show no address and nobody can follow a person over deliveries.
 */
final class Parts {
  private static final int LENGTH = 16;

  private Parts() {}

  /** The recipient has the mail: never again, not even after a replay. */
  static String taken(TaskId task, MailAddress recipient) {
    byte[] name = (task.value() + "\u0000" + recipient.address()).getBytes(StandardCharsets.UTF_8);
    return Hashing.sha256Hex(name).substring(0, LENGTH);
  }

  /** The recipient was refused for good: not again in this generation, but after a replay. */
  static String refused(Task task, MailAddress recipient) {
    return "refused-" + task.generation() + "-" + taken(task.taskId(), recipient);
  }
}
