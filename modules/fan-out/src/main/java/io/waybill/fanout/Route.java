package io.waybill.fanout;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;

/** What fan-out needs to know of a destination. */
record Route(
    DestinationId id,
    OrganizationId organizationId,
    DestinationType type,
    long version,
    boolean isDefault,
    boolean enabled,
    boolean deleted) {

  static Route of(Destination destination) {
    return new Route(
        destination.id(),
        destination.organizationId(),
        destination.type(),
        destination.version(),
        destination.isDefault(),
        destination.enabled(),
        destination.deleted());
  }
}
