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
 */
public record Attempt(
    Task task, Destination destination, DestinationSecrets secrets, RawJson data, int number) {}
