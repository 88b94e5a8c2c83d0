package io.waybill.status;

import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import java.util.Optional;
import java.util.Set;

/**
 * A destination that alerts are delivered to, as deliveries of its organization.
 *
 * @param about the organizations whose alerts it gets; absent means all
 */
public record AlertCarrier(
    OrganizationId organization, DestinationId destination, Optional<Set<OrganizationId>> about) {

  public AlertCarrier {
    about = about.map(Set::copyOf);
  }

  /** One that gets its own organization's alerts. */
  public static AlertCarrier ofOwn(OrganizationId organization, DestinationId destination) {
    return new AlertCarrier(organization, destination, Optional.of(Set.of(organization)));
  }

  boolean covers(OrganizationId other) {
    return about.map(some -> some.contains(other)).orElse(true);
  }
}
