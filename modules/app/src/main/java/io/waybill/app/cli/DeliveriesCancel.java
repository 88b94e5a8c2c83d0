package io.waybill.app.cli;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryStatus;
import picocli.CommandLine.Command;

/** {@code waybill deliveries cancel}. */
@Command(
    name = "cancel",
    description = {
      "Make no further attempt of anything in a delivery that has not ended.",
      "What is being sent at this moment may still arrive."
    })
final class DeliveriesCancel extends DeliveriesCommand {
  DeliveriesCancel(Environment environment) {
    super(environment);
  }

  @Override
  Wish wish(DeliveryStatus now) {
    if (StatusView.hasEnded(now)) {
      throw CliException.failed(
          "delivery "
              + now.deliveryId()
              + " has ended already ("
              + StatusView.summary(now)
              + "); there is nothing to cancel");
    }
    return new Wish(new DeliveryCommand.Cancel(), StatusView::hasEnded);
  }
}
