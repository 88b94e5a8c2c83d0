package io.waybill.fanout;

import io.waybill.domain.DeliveryEvent.Accepted;
import io.waybill.domain.DeliveryEvent.AcceptedTask;
import io.waybill.domain.DeliveryEvent.RequestSummary;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.RawJson;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.TraceParent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What an accepted request becomes. Pure: the same input gives the same tasks. */
final class TaskMaker {
  private final int inlineBytes;

  TaskMaker(int inlineBytes) {
    this.inlineBytes = inlineBytes;
  }

  /**
   * The tasks and the event of one accepted request.
   *
   * @param dueAt when the tasks wait for a time that the publisher asked for
   */
  record Made(List<Task> tasks, Optional<Instant> dueAt, Accepted event) {
    Made {
      tasks = List.copyOf(tasks);
    }

    /** The same at that place in a trace. */
    Made withTrace(Optional<TraceParent> trace) {
      return trace.isEmpty()
          ? this
          : new Made(tasks.stream().map(task -> task.withTrace(trace)).toList(), dueAt, event);
    }
  }

  Made make(
      DeliveryRequest request,
      DeliveryId deliveryId,
      RecordOrigin origin,
      Instant createdAt,
      Resolution resolution,
      Instant now) {
    DeliveryOptions options = request.options();
    Optional<Instant> dueAt = options.deliverAt().filter(now::isBefore);
    var reference =
        new TaskPayload.Reference(
            origin, request.payload().data().sha256(), request.payload().data().size());
    TaskPayload payload =
        reference.size() <= inlineBytes
            ? new TaskPayload.Inline(request.payload().data(), request.payload().sealed())
            : reference;
    // Beside a reference it would be a copy of what the request record holds.
    RawJson metadata =
        payload instanceof TaskPayload.Inline ? request.payload().metadata() : RawJson.EMPTY_OBJECT;
    List<Task> tasks =
        resolution.good().stream()
            .map(route ->
                new Task(
                    TaskId.of(request.organizationId(), deliveryId, route.id()),
                    request.organizationId(),
                    deliveryId,
                    route.id(),
                    route.type(),
                    route.version(),
                    0,
                    0,
                    request.payload().type(),
                    payload,
                    metadata,
                    options.correlationId(),
                    options.tags(),
                    options.priority(),
                    createdAt,
                    dueAt.orElse(now),
                    options.expiresAt(),
                    0))
            .toList();
    var event =
        new Accepted(
            deliveryId,
            request.organizationId(),
            now,
            summary(request, createdAt),
            reference,
            request.payload().metadata().sha256(),
            options.deliverAt(),
            options.expiresAt(),
            tasks.stream()
                .map(task ->
                    new AcceptedTask(
                        task.taskId(),
                        task.destinationId(),
                        task.destinationType(),
                        task.destinationVersion()))
                .toList(),
            resolution.refusedDestinations());
    return new Made(tasks, dueAt, event);
  }

  static RequestSummary summary(DeliveryRequest request, Instant createdAt) {
    return new RequestSummary(
        request.payload().type(),
        request.options().correlationId(),
        request.options().tags(),
        request.options().priority(),
        createdAt);
  }
}
