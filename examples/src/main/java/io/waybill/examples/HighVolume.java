package io.waybill.examples;

import static io.waybill.client.RequestBuilder.request;

import io.waybill.client.SavedDestination;
import io.waybill.client.WaybillClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Chapter 5: many events of many organizations in one loop. */
public final class HighVolume {
  private HighVolume() {}

  /** How many were acknowledged, and how many were not. */
  public record Published(long acknowledged, long failed) {}

  /**
   * Publishes {@code events} events, one organization after the other. The loop is as fast as Kafka
   * takes them: when the producer's buffer is full, {@code deliver} waits.
   *
   * @param destinations one for each organization
   */
  @SuppressWarnings("FutureReturnValueIgnored") // the adders are what is waited for
  public static Published publish(
      WaybillClient waybill, List<SavedDestination> destinations, int events) {
    // example: high-volume
    LongAdder acknowledged = new LongAdder();
    LongAdder failed = new LongAdder();
    for (int i = 0; i < events; i++) {
      SavedDestination destination = destinations.get(i % destinations.size());
      waybill
          .deliver(
              request(destination.organizationId(), "audit-event")
                  .to(destination)
                  .data(Map.of("eventId", "evt-" + i, "action", "login"))
                  .idempotencyKey("evt-" + i))
          .published()
          .whenComplete((id, problem) -> (problem == null ? acknowledged : failed).increment());
    }
    waybill.flush();
    // end of example
    return new Published(acknowledged.sum(), failed.sum());
  }
}
