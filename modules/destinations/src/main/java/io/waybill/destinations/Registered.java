package io.waybill.destinations;

import io.waybill.domain.Destination;
import io.waybill.domain.SealedField;
import java.util.List;

/** A destination as it stands, with its sealed credentials. */
record Registered(Destination destination, List<SealedField> secrets) {
  Registered {
    secrets = List.copyOf(secrets);
  }
}
