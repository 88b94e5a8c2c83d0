package io.waybill.app.telemetry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.DestinationType;
import io.waybill.sender.SenderLoad;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is not done yet, as one process knows it.
 *
 * @param types of the whole installation, but for what is parked
 * @param destinations what the senders of this process hold, the most first
 */
public record LagReport(
    Map<DestinationType, TypeLag> types,
    Map<DestinationType, List<SenderLoad.Depth>> destinations) {

  public LagReport {
    types = Map.copyOf(types);
    destinations = Map.copyOf(destinations);
  }

  /**
   * Tasks of one type; empty what is not known here or now.
   *
   * @param tasks records that have not ended
   * @param express the same of express tasks
   * @param retry on their way to the timer
   * @param parked in the timer, as far as it runs in this process
   */
  public record TypeLag(
      Optional<Long> tasks, Optional<Long> express, Optional<Long> retry, Optional<Long> parked) {}

  /** As JSON, with null for what is not known. */
  public String toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode byType = root.putObject("types");
    types.keySet().stream()
        .sorted()
        .forEach(type -> {
          TypeLag lag = types.get(type);
          if (lag != null) {
            ObjectNode node = byType.putObject(type.word());
            put(node, "tasks", lag.tasks());
            put(node, "express", lag.express());
            put(node, "retry", lag.retry());
            put(node, "parked", lag.parked());
          }
        });
    ArrayNode list = root.putArray("destinations");
    destinations.keySet().stream()
        .sorted()
        .forEach(type ->
            destinations
                .getOrDefault(type, List.of())
                .forEach(depth ->
                    list.addObject()
                        .put("destinationId", depth.destination().value())
                        .put("type", type.word())
                        .put("breaker", CounterTable.word(depth.breaker()))
                        .put("waiting", depth.waiting())
                        .put("inFlight", depth.inFlight())
                        .put("parkedAtMost", depth.parkedAtMost())));
    return root + "\n";
  }

  private static void put(ObjectNode node, String key, Optional<Long> value) {
    value.ifPresentOrElse(known -> node.put(key, known), () -> node.putNull(key));
  }
}
