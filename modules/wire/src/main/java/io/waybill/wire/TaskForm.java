package io.waybill.wire;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.TraceParent;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tasks as {@code schemas/Task.avsc} has them. */
final class TaskForm implements FixedForm<Task> {

  /** A task that waits, as {@code schemas/ParkedTask.avsc} has it. */
  static final class Parked implements FixedForm<ParkedTask> {
    private final TaskForm tasks = new TaskForm();

    @Override
    public void write(ParkedTask parked, Scratch out) throws IOException {
      out.time(parked.dueAt());
      out.text(parked.reason().code());
      tasks.write(parked.task(), out);
    }

    @Override
    public ParkedTask read(AvroInput in) {
      Instant dueAt = in.time();
      Reason reason = Reason.parse(in.text());
      return new ParkedTask(tasks.read(in), dueAt, reason);
    }
  }

  @Override
  public void write(Task task, Scratch out) throws IOException {
    out.text(task.taskId().value());
    out.text(task.organizationId().value());
    out.id(task.deliveryId().value());
    out.text(task.destinationId().value());
    out.text(task.destinationType().word());
    out.number(task.destinationVersion());
    out.number(task.generation());
    out.number(task.attempts());
    out.text(task.payloadType());
    boolean isSealed = false;
    if (task.payload() instanceof TaskPayload.Inline inline) {
      out.present(true);
      out.sized(inline.data().bytes());
      out.present(false);
      isSealed = inline.sealed();
    } else {
      out.present(false);
      out.present(true);
      SharedForms.reference((TaskPayload.Reference) task.payload(), out);
    }
    out.sized(task.metadata().bytes());
    out.optionalText(task.correlationId());
    SharedForms.texts(task.tags(), out);
    out.number(task.priority());
    out.time(task.createdAt());
    out.time(task.firstDueAt());
    out.optionalTime(task.expiresAt());
    out.number(task.shard());
    SharedForms.texts(task.doneParts(), out);
    out.optionalText(task.fallbackOf().map(DestinationId::value));
    out.flag(task.fallbackAsked());
    out.flag(isSealed);
    out.optionalText(task.trace().map(TraceParent::value));
  }

  @Override
  public Task read(AvroInput in) {
    TaskId taskId = new TaskId(in.text());
    OrganizationId organization = new OrganizationId(in.text());
    DeliveryId delivery = SharedForms.deliveryId(in);
    DestinationId destination = new DestinationId(in.text());
    if (!taskId.equals(TaskId.of(organization, delivery, destination))) {
      throw AvroInput.refused();
    }
    DestinationType type = SharedForms.destinationType(in);
    long version = in.number();
    int generation = atLeastZero(in.count());
    int attempts = atLeastZero(in.count());
    String payloadType = in.text();
    Optional<RawJson> data = in.optional(TaskForm::json);
    Optional<TaskPayload.Reference> reference = in.optional(SharedForms::reference);
    RawJson metadata = json(in);
    Optional<String> correlationId = in.optional(AvroInput::text);
    List<String> tags = SharedForms.texts(in);
    int priority = in.count();
    Instant createdAt = in.time();
    Instant firstDueAt = in.time();
    Optional<Instant> expiresAt = in.optional(AvroInput::time);
    int shard = in.count();
    List<String> doneParts = SharedForms.texts(in);
    Optional<DestinationId> fallbackOf = in.optional(AvroInput::text).map(DestinationId::new);
    boolean isFallbackAsked = in.flag();
    boolean isSealed = in.flag();
    Optional<TraceParent> trace = in.optional(AvroInput::text).flatMap(TraceParent::parse);
    TaskPayload payload =
        data.isPresent()
            ? new TaskPayload.Inline(data.get(), isSealed)
            : reference.orElseThrow(AvroInput::refused);
    return new Task(
        taskId,
        organization,
        delivery,
        destination,
        type,
        version,
        generation,
        attempts,
        payloadType,
        payload,
        metadata,
        correlationId,
        tags,
        priority,
        createdAt,
        firstDueAt,
        expiresAt,
        shard,
        doneParts,
        fallbackOf,
        isFallbackAsked,
        trace);
  }

  private static RawJson json(AvroInput in) {
    return new RawJson(in.bytes());
  }

  private static int atLeastZero(int value) {
    if (value < 0) {
      throw AvroInput.refused();
    }
    return value;
  }
}
