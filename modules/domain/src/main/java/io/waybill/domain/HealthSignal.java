package io.waybill.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * What the status topology tells itself of a destination, beside attempts. Key of its topic: the
 * destination id.
 */
public sealed interface HealthSignal {
  DestinationId destinationId();

  OrganizationId organizationId();

  /**
   * How many tasks of the destination have not ended, of the deliveries of one partition. A whole
   * number and not a difference, so that one that comes twice changes nothing.
   *
   * @param partition of the events topic
   */
  record Backlog(
      DestinationId destinationId,
      OrganizationId organizationId,
      DestinationType type,
      int partition,
      long open,
      Instant at)
      implements HealthSignal {}

  /**
   * A version of the destination's configuration, as far as health is concerned.
   *
   * @param switchedOff as of {@link Destination#switchedOff}
   */
  record Configured(
      DestinationId destinationId,
      OrganizationId organizationId,
      String label,
      long version,
      boolean enabled,
      boolean deleted,
      Optional<Destination.SwitchedOff> switchedOff,
      Instant at)
      implements HealthSignal {}
}
