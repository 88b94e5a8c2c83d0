package io.waybill.fanout;

import io.waybill.domain.OrganizationId;
import java.util.Optional;
import java.util.Set;

/**
 * A topic that requests are read from, and whom its publishers may speak for. Kafka lets in whoever
 * may write to a topic, and a request names its organization itself: so the topic is all that tells
 * who published it.
 *
 * @param name of the topic
 * @param id Kafka's own, which is new when a topic is made anew: delivery ids of requests that name
 *     none are derived from it
 * @param organizations that its requests may name; empty for any
 */
public record RequestTopic(String name, String id, Optional<Set<OrganizationId>> organizations) {
  public RequestTopic {
    organizations = organizations.map(Set::copyOf);
    if (id.isBlank()) {
      throw new IllegalArgumentException("the id of " + name + " must be the topic's Kafka id");
    }
  }

  /** A topic whose requests may name any organization. */
  public static RequestTopic ofAnybody(String name, String id) {
    return new RequestTopic(name, id, Optional.empty());
  }

  /** Whether its requests may name that organization. */
  boolean maySpeakFor(OrganizationId organization) {
    return organizations.map(some -> some.contains(organization)).orElse(true);
  }

  /** Whose topic it is, where it speaks for one organization only. */
  Optional<OrganizationId> owner() {
    return organizations.filter(some -> some.size() == 1).map(some -> some.iterator().next());
  }
}
