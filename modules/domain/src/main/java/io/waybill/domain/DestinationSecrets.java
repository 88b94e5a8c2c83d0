package io.waybill.domain;

import java.util.List;

/**
 * The sealed credentials of one destination version.
 *
 * @param version the {@link Destination#version} that they belong to
 */
public record DestinationSecrets(
    DestinationId destinationId,
    OrganizationId organizationId,
    long version,
    List<SealedField> fields) {
  public DestinationSecrets {
    fields = List.copyOf(fields);
  }
}
