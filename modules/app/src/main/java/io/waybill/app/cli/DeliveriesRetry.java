package io.waybill.app.cli;

import io.waybill.client.plan.PlanException;
import io.waybill.client.plan.RetryPlan;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill deliveries retry}. */
@Command(
    name = "retry",
    description =
        "Try the failed destinations of a delivery again, with the payload of its request.")
final class DeliveriesRetry extends DeliveriesCommand {
  @Option(
      names = "--destination",
      paramLabel = "ID",
      description = "Only this one of the failed destinations; may be repeated.")
  private List<DestinationId> destinations = new ArrayList<>();

  DeliveriesRetry(Environment environment) {
    super(environment);
  }

  @Override
  Wish wish(DeliveryStatus now) {
    try {
      RetryPlan plan = RetryPlan.of(now, Set.copyOf(destinations));
      return new Wish(plan.action(), plan::isTaken);
    } catch (PlanException e) {
      throw CliException.failed(e.getMessage() + " (" + StatusView.summary(now) + ")");
    }
  }
}
