package io.waybill.domain;

import java.util.Optional;

/**
 * One record of the requests topic, valid by the rules of {@link RequestRules}.
 *
 * @param deliveryId the id that the publisher chose; without one it is derived from the record's
 *     place ({@link DeliveryId#ofRecord})
 */
public record DeliveryRequest(
    Optional<DeliveryId> deliveryId,
    OrganizationId organizationId,
    DestinationSelection destinations,
    Payload payload,
    DeliveryOptions options) {}
