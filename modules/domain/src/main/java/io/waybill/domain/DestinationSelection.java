package io.waybill.domain;

import java.util.List;

/** Which destinations a request asks for. */
public sealed interface DestinationSelection {

  /** The organization's enabled default destinations: JSON {@code "default"}. */
  record Defaults() implements DestinationSelection {}

  /** The destinations that the request names, in its order, each once. */
  record Named(List<DestinationId> ids) implements DestinationSelection {
    public Named {
      // Nearly all requests name one: publishers make some hundred thousand of these a second.
      ids = ids.size() <= 1 ? List.copyOf(ids) : ids.stream().distinct().toList();
    }
  }
}
