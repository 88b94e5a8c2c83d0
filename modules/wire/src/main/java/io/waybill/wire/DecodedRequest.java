package io.waybill.wire;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import java.util.List;
import java.util.Optional;

/** What came of reading one record of the requests topic. */
public sealed interface DecodedRequest {

  /** A request that keeps all the rules. */
  record Valid(DeliveryRequest request) implements DecodedRequest {}

  /**
   * Anything else, with what could be read of it.
   *
   * @param type empty when it could not be read
   * @param errors every wrong field; one with an empty field name when nothing could be read
   */
  record Invalid(
      Optional<OrganizationId> organizationId,
      Optional<DeliveryId> deliveryId,
      String type,
      Optional<String> correlationId,
      List<String> tags,
      int priority,
      Reason reason,
      List<FieldError> errors)
      implements DecodedRequest {
    public Invalid {
      tags = List.copyOf(tags);
      errors = List.copyOf(errors);
    }
  }
}
