package io.waybill.destinations;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import java.util.List;

/**
 * What the operator of this installation allows beyond the rules of the format: networks, servers
 * without TLS, the platform's own credentials.
 */
@FunctionalInterface
public interface OperatorRules {
  /**
   * All that the operator does not allow of it. Quick, without I/O: a look-up would hold up all.
   */
  List<FieldError> check(OrganizationId organization, DestinationConfig config);

  /** Allows what the format allows. */
  static OperatorRules none() {
    return (_, _) -> List.of();
  }
}
