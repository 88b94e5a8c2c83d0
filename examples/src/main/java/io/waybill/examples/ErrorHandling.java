package io.waybill.examples;

import static io.waybill.client.RequestBuilder.request;

import io.waybill.client.Acceptance;
import io.waybill.client.Delivery;
import io.waybill.client.DestinationSpec;
import io.waybill.client.NoAnswerException;
import io.waybill.client.RefusedException;
import io.waybill.client.WaybillClient;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.FieldError;
import io.waybill.domain.OverallState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Chapter 7: what can go wrong, and what to do about it. */
public final class ErrorHandling {
  private ErrorHandling() {}

  /** Everything that is wrong, at once, by the names that the fields have in JSON. */
  public static List<FieldError> whatIsWrong(WaybillClient waybill) {
    // example: refused
    try {
      waybill.createDestination(
          DestinationSpec.webhook("hospital-001", "SIEM")
              .url("ftp://siem.hospital.com")
              .timeout(Duration.ofHours(1)));
    } catch (RefusedException e) {
      return e.errors(); // config.webhook.url and config.webhook.timeout
    }
    // end of example
    throw new IllegalStateException("it was not refused");
  }

  /** What fan-out says to a request. */
  public static String answerTo(WaybillClient waybill, DestinationId destination) {
    // example: acceptance
    Delivery delivery =
        waybill.deliver(
            request("hospital-001", "report").to(destination).data(Map.of("totalEvents", 1)));
    Acceptance acceptance = delivery.acceptance().orTimeout(30, TimeUnit.SECONDS).join();
    if (acceptance instanceof Acceptance.Rejected rejected) {
      return "rejected: " + rejected.errors();
    }
    if (acceptance instanceof Acceptance.Duplicate duplicate) {
      return "already delivered as " + duplicate.duplicateOf();
    }
    return "accepted";
    // end of example
  }

  /** Failed destinations again, after they were mended. */
  public static DeliveryStatus again(WaybillClient waybill, DeliveryId id) {
    // example: retry
    DeliveryStatus status = waybill.await(id, Duration.ofMinutes(1));
    if (status.state() == OverallState.FAILED || status.state() == OverallState.PARTIAL) {
      waybill.retry(id);
      status = waybill.await(id, Duration.ofMinutes(1));
    }
    // end of example
    return status;
  }

  /** Not needed any more. */
  public static DeliveryStatus cancelUnlessDelivered(
      WaybillClient waybill, DeliveryId id, Duration patience) {
    // example: cancel
    try {
      return waybill.await(id, patience);
    } catch (NoAnswerException e) {
      return waybill.cancel(id);
    }
    // end of example
  }
}
