package io.waybill.wire;

import io.waybill.domain.Alert;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.Control;
import io.waybill.domain.ControlCommand;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.HealthSignal;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Task;

/** All codecs over one registry. Make one per process and share it between threads. */
public final class Codecs {
  private final RequestCodec requests;
  private final Codec<Task> tasks;
  private final Codec<ParkedTask> parkedTasks;
  private final Codec<DeliveryEvent> events;
  private final Codec<DeliveryCommand> commands;
  private final Codec<DeliveryStatus> statuses;
  private final Codec<Destination> destinations;
  private final Codec<DestinationSecrets> destinationSecrets;
  private final Codec<DestinationCommand> destinationCommands;
  private final Codec<DestinationResult> destinationResults;
  private final Codec<DestinationHealth> health;
  private final Codec<DeadLetter> deadLetters;
  private final Codec<Control> controls;
  private final Codec<ControlCommand> controlCommands;
  private final Codec<AuditRecord> audits;
  private final Codec<Alert> alerts;
  private final Codec<HealthSignal> healthSignals;

  public Codecs(SchemaRegistry registry) {
    requests = new RequestCodec(registry);
    tasks =
        new AvroCodec<>(
            registry,
            io.waybill.avro.Task.getClassSchema(),
            TaskMapping::toAvro,
            TaskMapping::toDomain,
            new TaskForm());
    parkedTasks =
        new AvroCodec<>(
            registry,
            io.waybill.avro.ParkedTask.getClassSchema(),
            TaskMapping::toAvro,
            TaskMapping::toDomain,
            new TaskForm.Parked());
    events =
        new AvroCodec<>(
            registry,
            io.waybill.avro.DeliveryEvent.getClassSchema(),
            EventMapping::toAvro,
            EventMapping::toDomain,
            new EventForm());
    commands =
        new AvroCodec<>(
            registry,
            io.waybill.avro.DeliveryCommand.getClassSchema(),
            CommandMapping::toAvro,
            CommandMapping::toDomain);
    statuses =
        new AvroCodec<>(
            registry,
            io.waybill.avro.DeliveryStatus.getClassSchema(),
            StatusMapping::toAvro,
            StatusMapping::toDomain,
            new StatusForm());
    destinations =
        new AvroCodec<>(
            registry,
            io.waybill.avro.Destination.getClassSchema(),
            DestinationMapping::toAvro,
            DestinationMapping::toDomain);
    destinationSecrets =
        new AvroCodec<>(
            registry,
            io.waybill.avro.DestinationSecrets.getClassSchema(),
            DestinationMapping::toAvro,
            DestinationMapping::toDomain);
    destinationCommands =
        new AvroCodec<>(
            registry,
            io.waybill.avro.DestinationCommand.getClassSchema(),
            DestinationMapping::toAvro,
            DestinationMapping::toDomain);
    destinationResults =
        new AvroCodec<>(
            registry,
            io.waybill.avro.DestinationResult.getClassSchema(),
            DestinationMapping::toAvro,
            DestinationMapping::toDomain);
    health =
        new AvroCodec<>(
            registry,
            io.waybill.avro.DestinationHealth.getClassSchema(),
            StatusMapping::toAvro,
            StatusMapping::toDomain,
            new HealthForm());
    deadLetters =
        new AvroCodec<>(
            registry,
            io.waybill.avro.DeadLetter.getClassSchema(),
            DeadLetterMapping::toAvro,
            DeadLetterMapping::toDomain);
    controls =
        new AvroCodec<>(
            registry,
            io.waybill.avro.Control.getClassSchema(),
            ControlMapping::toAvro,
            ControlMapping::toDomain);
    controlCommands =
        new AvroCodec<>(
            registry,
            io.waybill.avro.ControlCommand.getClassSchema(),
            ControlMapping::toAvro,
            ControlMapping::toDomain);
    audits =
        new AvroCodec<>(
            registry,
            io.waybill.avro.AuditRecord.getClassSchema(),
            DestinationMapping::toAvro,
            DestinationMapping::toDomain);
    alerts =
        new AvroCodec<>(
            registry,
            io.waybill.avro.Alert.getClassSchema(),
            AlertMapping::toAvro,
            AlertMapping::toDomain);
    healthSignals =
        new AvroCodec<>(
            registry,
            io.waybill.avro.HealthSignal.getClassSchema(),
            AlertMapping::toAvro,
            AlertMapping::toDomain);
  }

  /** Values of the requests topic: Avro or JSON. */
  public RequestCodec requests() {
    return requests;
  }

  /** Values of the tasks topics. */
  public Codec<Task> tasks() {
    return tasks;
  }

  /** Values of the retry topics. */
  public Codec<ParkedTask> parkedTasks() {
    return parkedTasks;
  }

  /** Values of the events topic. */
  public Codec<DeliveryEvent> events() {
    return events;
  }

  /** Values of the commands topic. */
  public Codec<DeliveryCommand> commands() {
    return commands;
  }

  /** Values of the status topic. */
  public Codec<DeliveryStatus> statuses() {
    return statuses;
  }

  /** Values of the destinations topic. */
  public Codec<Destination> destinations() {
    return destinations;
  }

  /** Values of the destination-secrets topic. */
  public Codec<DestinationSecrets> destinationSecrets() {
    return destinationSecrets;
  }

  /** Values of the destination-commands topic. */
  public Codec<DestinationCommand> destinationCommands() {
    return destinationCommands;
  }

  /** Values of the destination-results topic. */
  public Codec<DestinationResult> destinationResults() {
    return destinationResults;
  }

  /** Values of the destination-health topic. */
  public Codec<DestinationHealth> health() {
    return health;
  }

  /** Values of the dead-letters topic. */
  public Codec<DeadLetter> deadLetters() {
    return deadLetters;
  }

  /** Values of the control topic. */
  public Codec<Control> controls() {
    return controls;
  }

  /** Values of the control-commands topic. */
  public Codec<ControlCommand> controlCommands() {
    return controlCommands;
  }

  /** Values of the audit topic. */
  public Codec<AuditRecord> audits() {
    return audits;
  }

  /** Values of the alerts topic. */
  public Codec<Alert> alerts() {
    return alerts;
  }

  /** Values of the topic on which the status topology tells itself of destinations. */
  public Codec<HealthSignal> healthSignals() {
    return healthSignals;
  }
}
