package io.waybill.domain;

/**
 * A destination that can stand in for another one.
 *
 * @param destinationVersion its version when it was chosen, for its task
 */
public record FallbackTarget(
    DestinationId destinationId, DestinationType destinationType, long destinationVersion) {}
