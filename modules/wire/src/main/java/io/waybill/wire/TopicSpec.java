package io.waybill.wire;

import java.util.Map;

/**
 * How one topic is to be.
 *
 * @param configs only what is not the broker's default
 */
public record TopicSpec(String name, int partitions, Map<String, String> configs) {
  public TopicSpec {
    configs = Map.copyOf(configs);
  }
}
