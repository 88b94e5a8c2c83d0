package io.waybill.domain;

import java.util.List;
import java.util.UUID;

/** The destinations topology's answer to one command. */
public sealed interface DestinationResult {
  UUID commandId();

  OrganizationId organizationId();

  DestinationId destinationId();

  /** Done; the destination has this version now. */
  record Applied(
      UUID commandId, OrganizationId organizationId, DestinationId destinationId, long version)
      implements DestinationResult {}

  /** Refused; nothing has changed. */
  record Refused(
      UUID commandId,
      OrganizationId organizationId,
      DestinationId destinationId,
      List<FieldError> errors)
      implements DestinationResult {
    public Refused {
      errors = List.copyOf(errors);
    }
  }
}
