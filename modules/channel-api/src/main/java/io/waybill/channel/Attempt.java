package io.waybill.channel;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.RawJson;
import io.waybill.domain.Task;

/**
 * One try of one task.
 *
 * @param destination the newest version that the sender knows
 * @param secrets sealed; the channel opens what it needs and keeps nothing
 * @param data the payload's data, fetched and checked already when the task held a reference
 * @param number 1 for the first try of this generation
 * @param confidential whether the payload is sealed everywhere but here: nothing of it may leave
 *     the channel but to its receiver, and so nothing that a receiver answers freely, who may
 *     repeat it
 */
public record Attempt(
    Task task,
    Destination destination,
    DestinationSecrets secrets,
    RawJson data,
    int number,
    boolean confidential) {

  /** Of a payload that is in clear in topics too. */
  public Attempt(
      Task task, Destination destination, DestinationSecrets secrets, RawJson data, int number) {
    this(task, destination, secrets, data, number, false);
  }
}
