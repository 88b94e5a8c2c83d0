package io.waybill.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * One destination's part of a delivery's status.
 *
 * @param destinationId as the request named it
 * @param taskId absent when the destination was refused and no task exists
 * @param attempts tries made in this generation
 * @param reason why it failed, waits or was refused, when there is something to say
 * @param message the reason in words
 * @param nextAttemptAt when it waits for a known time
 */
public record DestinationStatus(
    String destinationId,
    Optional<DestinationType> type,
    Optional<TaskId> taskId,
    DestinationState state,
    int generation,
    int attempts,
    Optional<Reason> reason,
    Optional<String> message,
    Optional<Instant> nextAttemptAt,
    Optional<Instant> deliveredAt,
    Optional<String> externalReference) {}
