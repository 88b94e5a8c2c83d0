package io.waybill.app;

import io.waybill.domain.OrganizationId;
import io.waybill.fanout.RequestTopic;
import io.waybill.fanout.RequestTopics;
import io.waybill.wire.Topics;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The topics that requests are read from, and whom each may speak for. {@code waybill.requests} is
 * always among them, for alerts are delivered by requests there.
 *
 * @param organizations by topic; empty for any organization
 */
public record RequestTopicsConfig(Map<String, Optional<Set<OrganizationId>>> organizations) {
  public RequestTopicsConfig {
    Map<String, Optional<Set<OrganizationId>>> all = new LinkedHashMap<>();
    organizations.forEach((topic, some) -> all.put(topic, some.map(Set::copyOf)));
    all.putIfAbsent(Topics.REQUESTS, Optional.of(Set.of()));
    organizations = Collections.unmodifiableMap(all);
  }

  /** {@code waybill.requests} alone, for every organization. */
  public static RequestTopicsConfig defaults() {
    return new RequestTopicsConfig(Map.of(Topics.REQUESTS, Optional.empty()));
  }

  /** The names of the topics. */
  public Set<String> names() {
    return organizations.keySet();
  }

  /** Whether requests on {@code waybill.requests} may name that organization. */
  boolean mayBeAlerted(OrganizationId organization) {
    return organizations
        .getOrDefault(Topics.REQUESTS, Optional.empty())
        .map(some -> some.contains(organization))
        .orElse(true);
  }

  /**
   * The same for fan-out.
   *
   * @param idOf Kafka's id of a topic
   */
  RequestTopics withIds(UnaryOperator<String> idOf) {
    return new RequestTopics(
        organizations.entrySet().stream()
            .map(entry ->
                new RequestTopic(entry.getKey(), idOf.apply(entry.getKey()), entry.getValue()))
            .toList());
  }
}
