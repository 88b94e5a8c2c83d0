package io.waybill.app.cli;

import io.waybill.client.plan.ForeignThing;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.SealedField;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The destinations of an installation over one connection: what there is, and wishes about it. */
final class Destinations {
  private final Connection connection;
  private final Environment environment;
  private final Consumer<String> warn;

  Destinations(Connection connection, Environment environment, Consumer<String> warn) {
    this.connection = connection;
    this.environment = environment;
    this.warn = warn;
  }

  /** All that are not deleted, by organization and label. */
  List<Destination> all() {
    return evenDeleted().stream().filter(destination -> !destination.deleted()).toList();
  }

  /** Also the deleted ones that are not forgotten yet. */
  List<Destination> evenDeleted() {
    return new TopicScan(connection, warn)
        .newest(Topics.DESTINATIONS, connection.codecs().destinations()).values().stream()
            .sorted(
                Comparator.comparing(Destination::organizationId)
                    .thenComparing(Destination::label)
                    .thenComparing(Destination::id))
            .toList();
  }

  /**
   * One of them, whosever it is.
   *
   * @throws CliException when there is none with this id
   */
  Destination get(DestinationId id) {
    return all().stream()
        .filter(destination -> destination.id().equals(id))
        .findFirst()
        .orElseThrow(() -> unknown(id));
  }

  /**
   * One of them, for who asks.
   *
   * @param command what is asked
   * @throws CliException when there is none with this id, or it is another organization's
   */
  Destination get(DestinationId id, AskingOption asking, KafkaCommand command) {
    Destination found = get(id);
    if (!asking.mayHave(
        found.organizationId(), ForeignThing.DESTINATION, id.value(), command, connection)) {
      throw unknown(id);
    }
    return found;
  }

  /** There is none, or none for who asks: nobody learns which. */
  static CliException unknown(DestinationId id) {
    return CliException.failed(
        "no such destination: " + id + ". `waybill destinations list` shows those that there are");
  }

  /** All sealed credentials. */
  List<DestinationSecrets> secrets() {
    return List.copyOf(
        new TopicScan(connection, warn)
            .newest(Topics.DESTINATION_SECRETS, connection.codecs().destinationSecrets())
            .values());
  }

  /** The sealed credentials of one destination. */
  static List<SealedField> fieldsOf(DestinationId id, List<DestinationSecrets> secrets) {
    return secrets.stream()
        .filter(one -> one.destinationId().equals(id))
        .findFirst()
        .map(DestinationSecrets::fields)
        .orElse(List.of());
  }

  /**
   * Publishes a wish about a destination and waits for the answer.
   *
   * @param answers stands at the end of {@link Topics#DESTINATION_RESULTS}
   * @throws CliException when no answer comes in time
   */
  DestinationResult ask(
      Destination destination,
      DestinationCommand.Action action,
      TopicTail answers,
      Duration within) {
    return ask(
        new DestinationCommand(
            UUID.randomUUID(),
            destination.organizationId(),
            destination.id(),
            environment.actor(),
            environment.clock().instant(),
            action),
        answers,
        within);
  }

  /** Publishes a command and waits for the answer, as above. */
  DestinationResult ask(DestinationCommand command, TopicTail answers, Duration within) {
    byte[] value =
        connection.codecs().destinationCommands().encode(Topics.DESTINATION_COMMANDS, command);
    connection.send(Topics.DESTINATION_COMMANDS, command.organizationId().value(), value);
    return answers
        .await(record -> answerTo(command.commandId(), record), within)
        .orElseThrow(() ->
            CliException.failed(
                "no answer within "
                    + Durations.words(within)
                    + " on "
                    + Topics.DESTINATION_RESULTS
                    + ". The command is published and will be applied when Waybill's destinations"
                    + " role runs: check that it does, then look with `waybill destinations"
                    + " list`"));
  }

  private Optional<DestinationResult> answerTo(
      UUID commandId, ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null
        || record.value() == null
        || !new String(record.key(), StandardCharsets.UTF_8).equals(commandId.toString())) {
      return Optional.empty();
    }
    try {
      return Optional.of(connection.codecs().destinationResults().decode(record.value()));
    } catch (UndecodableException e) {
      throw CliException.failed(
          "the answer of the destinations role cannot be read: "
              + e.getMessage()
              + ". Is this command line older than the installation?");
    }
  }
}
