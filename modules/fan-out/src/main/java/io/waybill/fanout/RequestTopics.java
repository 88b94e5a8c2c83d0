package io.waybill.fanout;

import io.waybill.domain.DestinationType;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.TopicSpec;
import io.waybill.wire.Topics;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The topics of an installation that requests are read from. Immutable. */
public final class RequestTopics {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,249}");
  private static final Set<String> TAKEN =
      TopicCatalog.topics(1, EnumSet.allOf(DestinationType.class)).stream()
          .map(TopicSpec::name)
          .collect(Collectors.toSet());

  private final Map<String, RequestTopic> byName = new LinkedHashMap<>();

  /**
   * @param topics at least one, each once
   */
  public RequestTopics(List<RequestTopic> topics) {
    for (RequestTopic topic : topics) {
      if (topic.name().equals(Topics.FAN_OUT_REKEYED)) {
        throw new IllegalArgumentException(topic.name() + " is fan-out's own, no request topic");
      }
      if (byName.put(topic.name(), topic) != null) {
        throw new IllegalArgumentException(topic.name() + " is given twice");
      }
    }
    if (byName.isEmpty()) {
      throw new IllegalArgumentException("there must be a request topic");
    }
  }

  /** {@code waybill.requests} alone, for every organization. */
  public static RequestTopics one(String id) {
    return new RequestTopics(List.of(RequestTopic.ofAnybody(Topics.REQUESTS, id)));
  }

  Set<String> names() {
    return byName.keySet();
  }

  /** Whether requests may ever have been read from a topic of that name. */
  static boolean canBe(String name) {
    return name.equals(Topics.REQUESTS) || (NAME.matcher(name).matches() && !TAKEN.contains(name));
  }

  /**
   * The topic of that name. One that is read no more, of which requests still wait, speaks for
   * nobody.
   */
  RequestTopic of(String name) {
    RequestTopic known = byName.get(name);
    return known == null ? new RequestTopic(name, name, Optional.of(Set.of())) : known;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RequestTopics topics && topics.byName.equals(byName);
  }

  @Override
  public int hashCode() {
    return byName.hashCode();
  }

  @Override
  public String toString() {
    return "RequestTopics" + byName.values();
  }
}
