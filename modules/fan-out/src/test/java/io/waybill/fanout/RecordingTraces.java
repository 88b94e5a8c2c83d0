package io.waybill.fanout;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.TraceParent;
import io.waybill.domain.Traces;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Keeps the steps of traces that a publisher began, numbered from 1; begins none. */
final class RecordingTraces implements Traces {
  final List<Step> steps = new ArrayList<>();
  final List<DeliveryId> deliveries = new ArrayList<>();

  @Override
  public Optional<TraceParent> add(
      Optional<TraceParent> parent, DeliveryId delivery, Supplier<Step> step) {
    return parent.map(before -> {
      deliveries.add(delivery);
      steps.add(step.get());
      return new TraceParent(
          "00-%s-%016x-%s".formatted(before.traceId(), steps.size(), before.flags()));
    });
  }
}
