package io.waybill.destinations;

import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import java.util.Optional;

/** What a decision about one destination must know of the others. */
interface Surroundings {

  /** The live destination of the organization that has this label. */
  Optional<DestinationId> labelled(OrganizationId organization, String label);

  /** Whether the organization has a destination of this id that is not deleted. */
  boolean isLive(OrganizationId organization, DestinationId id);

  /** How many destinations the organization has, deleted ones not counted. */
  long live(OrganizationId organization);

  /**
   * Who has this id in the published destinations of all organizations, as far as they are seen.
   */
  Holder holder(OrganizationId organization, DestinationId id);

  /** Who a destination id belongs to, seen from one organization. */
  enum Holder {
    NOBODY,
    SAME_ORGANIZATION,
    OTHER_ORGANIZATION,
    /** The published record cannot be read: taken, but nobody can say by whom. */
    UNREADABLE
  }
}
