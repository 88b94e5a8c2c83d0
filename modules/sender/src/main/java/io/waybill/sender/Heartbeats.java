package io.waybill.sender;

import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;

/**
 * How many answers to its heartbeats a member of a group (KIP-848) has had so far, good or bad,
 * also such as a coordinator gives that has just been moved: the consumer tells it in its metrics
 * and nowhere else. Any thread may ask.
 */
final class Heartbeats implements LongSupplier {
  private static final String GROUP = "consumer-coordinator-metrics";
  private static final String NAME = "heartbeat-total";

  private final Metric answers;

  /**
   * @throws IllegalStateException when this consumer counts none
   */
  Heartbeats(Consumer<?, ?> consumer) {
    answers =
        consumer.metrics().entrySet().stream()
            .filter(
                entry -> entry.getKey().group().equals(GROUP) && entry.getKey().name().equals(NAME))
            .findFirst()
            .orElseThrow(() ->
                new IllegalStateException(
                    "the Kafka client has no metric "
                        + NAME
                        + ", by which a sender that was held"
                        + " still knows that its group has been heard"))
            .getValue();
  }

  @Override
  public long getAsLong() {
    return ((Number) answers.metricValue()).longValue();
  }
}
