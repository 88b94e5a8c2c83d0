package io.waybill.app.cli;

import io.waybill.domain.Alert;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.Fallback;
import io.waybill.domain.FieldError;
import io.waybill.domain.SealedField;
import io.waybill.wire.Codecs;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.DecodedRequest;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Plays the topologies as far as commands see them: applies destination commands without judging
 * them, and answers requests and delivery commands with the statuses that a test laid ready.
 */
final class Answerer implements AutoCloseable {
  private static final List<String> TOPICS =
      List.of(Topics.DESTINATION_COMMANDS, Topics.REQUESTS, Topics.COMMANDS);

  private final Codecs codecs;
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread thread = Thread.ofPlatform().name("answerer").unstarted(this::loop);
  private final Map<DestinationId, Destination> destinations = new ConcurrentHashMap<>();
  private final Map<String, List<FieldError>> refusals = new ConcurrentHashMap<>();
  private final Map<DeliveryId, Queue<DeliveryStatus>> onRequest = new ConcurrentHashMap<>();
  private final Map<DeliveryId, Queue<DeliveryStatus>> onCommand = new ConcurrentHashMap<>();
  private final Map<DeliveryId, String> refusedCommands = new ConcurrentHashMap<>();
  private final List<DeliveryCommand> commands = new CopyOnWriteArrayList<>();
  private volatile boolean stopped;

  Answerer(String bootstrapServers, Codecs codecs) {
    this.codecs = codecs;
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new StringSerializer(),
            new ByteArraySerializer());
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        TOPICS.stream()
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(found -> new TopicPartition(found.topic(), found.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    thread.start();
  }

  /** The destination of this label is refused; with no errors it is not answered at all. */
  void refuse(String label, List<FieldError> errors) {
    refusals.put(label, errors);
  }

  /** It is obeyed again. */
  void obey(String label) {
    refusals.remove(label);
  }

  void ignore(String label) {
    refusals.put(label, List.of());
  }

  void whenRequested(DeliveryId id, DeliveryStatus status) {
    onRequest.computeIfAbsent(id, unused -> new ArrayDeque<>()).add(status);
  }

  void whenCommanded(DeliveryId id, DeliveryStatus status) {
    onCommand.computeIfAbsent(id, unused -> new ArrayDeque<>()).add(status);
  }

  /** Commands for it are refused, as the status role does: on the audit trail alone. */
  void refuseCommands(DeliveryId id, String reason) {
    refusedCommands.put(id, reason);
  }

  List<DeliveryCommand> commandsOf(DeliveryId id) {
    return commands.stream().filter(command -> command.deliveryId().equals(id)).toList();
  }

  void publish(DeliveryStatus status) {
    send(
        Topics.STATUS,
        status.deliveryId().toString(),
        codecs.statuses().encode(Topics.STATUS, status));
  }

  /** Publishes an alert, as the status role does. */
  void publish(Alert alert) {
    send(
        Topics.ALERTS,
        alert.organizationId().value(),
        codecs.alerts().encode(Topics.ALERTS, alert));
  }

  void publish(DeadLetter letter) {
    send(
        Topics.DEAD_LETTERS,
        DeadLetters.keyOf(letter),
        codecs.deadLetters().encode(Topics.DEAD_LETTERS, letter));
  }

  private void loop() {
    while (!stopped) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
        try {
          answer(record);
        } catch (UndecodableException e) {
          throw new AssertionError("a command published what cannot be read", e);
        }
      }
    }
  }

  private void answer(ConsumerRecord<byte[], byte[]> record) throws UndecodableException {
    switch (record.topic()) {
      case Topics.DESTINATION_COMMANDS ->
          apply(codecs.destinationCommands().decode(record.value()));
      case Topics.COMMANDS -> {
        DeliveryCommand command = codecs.commands().decode(record.value());
        commands.add(command);
        if (refusedCommands.containsKey(command.deliveryId())) {
          refuse(command, refusedCommands.get(command.deliveryId()));
        }
        replyWith(onCommand.get(command.deliveryId()));
      }
      default -> {
        if (codecs.requests().decode(record.value()) instanceof DecodedRequest.Valid valid) {
          replyWith(onRequest.get(valid.request().deliveryId().orElseThrow()));
        }
      }
    }
  }

  private void refuse(DeliveryCommand command, String reason) {
    AuditRecord audit =
        new AuditRecord(
            command.organizationId(),
            command.actor(),
            "command-refused",
            command.deliveryId().toString(),
            Instant.now(),
            Optional.empty(),
            Map.of("commandId", command.commandId().toString(), "reason", reason));
    send(
        Topics.AUDIT,
        command.organizationId().value(),
        codecs.audits().encode(Topics.AUDIT, audit));
  }

  private void replyWith(Queue<DeliveryStatus> statuses) {
    while (statuses != null && !statuses.isEmpty()) {
      publish(statuses.remove());
    }
  }

  private void apply(DestinationCommand command) {
    Destination before = destinations.get(command.destinationId());
    Destination after =
        switch (command.action()) {
          case DestinationCommand.Create create ->
              made(
                  command,
                  create.label(),
                  create.description(),
                  create.config(),
                  create.isDefault(),
                  1);
          case DestinationCommand.Update update ->
              made(
                  command,
                  update.label(),
                  update.description(),
                  update.config(),
                  update.isDefault(),
                  before.version() + 1);
          case DestinationCommand.Enable unused -> with(before, before.isDefault(), true, false);
          case DestinationCommand.Disable unused -> with(before, before.isDefault(), false, false);
          case DestinationCommand.SetDefault set ->
              with(before, set.isDefault(), before.enabled(), false);
          case DestinationCommand.Delete unused ->
              with(before, before.isDefault(), before.enabled(), true);
        };
    List<FieldError> refusal = refusals.get(after.label());
    if (refusal != null) {
      if (!refusal.isEmpty()) {
        answer(
            new DestinationResult.Refused(
                command.commandId(), command.organizationId(), command.destinationId(), refusal));
      }
      return;
    }
    destinations.put(after.id(), after);
    List<SealedField> secrets =
        switch (command.action()) {
          case DestinationCommand.Create create -> create.secrets();
          case DestinationCommand.Update update -> update.secrets();
          case DestinationCommand.Enable unused -> List.of();
          case DestinationCommand.Disable unused -> List.of();
          case DestinationCommand.SetDefault unused -> List.of();
          case DestinationCommand.Delete unused -> List.of();
        };
    String key = after.id().value();
    send(Topics.DESTINATIONS, key, codecs.destinations().encode(Topics.DESTINATIONS, after));
    if (!secrets.isEmpty()) {
      send(
          Topics.DESTINATION_SECRETS,
          key,
          codecs
              .destinationSecrets()
              .encode(
                  Topics.DESTINATION_SECRETS,
                  new DestinationSecrets(
                      after.id(), after.organizationId(), after.version(), secrets)));
    }
    answer(
        new DestinationResult.Applied(
            command.commandId(), after.organizationId(), after.id(), after.version()));
  }

  private void answer(DestinationResult result) {
    send(
        Topics.DESTINATION_RESULTS,
        result.commandId().toString(),
        codecs.destinationResults().encode(Topics.DESTINATION_RESULTS, result));
  }

  private static Destination made(
      DestinationCommand command,
      String label,
      Optional<String> description,
      DestinationConfig config,
      boolean isDefault,
      long version) {
    return new Destination(
        command.destinationId(),
        command.organizationId(),
        label,
        description,
        config,
        Fallback.none(),
        isDefault,
        true,
        false,
        version,
        Instant.now(),
        Instant.now());
  }

  private static Destination with(
      Destination before, boolean isDefault, boolean enabled, boolean deleted) {
    return new Destination(
        before.id(),
        before.organizationId(),
        before.label(),
        before.description(),
        before.config(),
        before.fallback(),
        isDefault,
        enabled,
        deleted,
        before.version() + 1,
        before.createdAt(),
        Instant.now());
  }

  private void send(String topic, String key, byte[] value) {
    try {
      producer.send(new ProducerRecord<>(topic, key, value)).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    consumer.close();
    producer.close();
  }
}
