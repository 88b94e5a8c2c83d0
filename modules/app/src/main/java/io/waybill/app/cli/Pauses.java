package io.waybill.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.domain.Control;
import io.waybill.domain.ControlCommand;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.PauseScope;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What is paused, and wishes about it, over one connection. Used by one thread. */
final class Pauses {
  private final Connection connection;
  private final Map<String, Control.Paused> standing = new LinkedHashMap<>();

  /** Reads what is paused now. */
  Pauses(Connection connection, Consumer<String> warn) {
    this.connection = connection;
    new TopicScan(connection, warn)
        .newest(Topics.CONTROL, connection.codecs().controls())
        .forEach((key, control) -> {
          if (control instanceof Control.Paused paused) {
            standing.put(key, paused);
          }
        });
  }

  /** All pauses, the oldest first. */
  List<Control.Paused> all() {
    return standing.values().stream().sorted(Comparator.comparing(Control::since)).toList();
  }

  /** The pause of exactly this. */
  Optional<Control.Paused> of(PauseScope scope) {
    return Optional.ofNullable(standing.get(scope.key()));
  }

  /** Whether a pause of this destination stands, of whom and whether it exists or not. */
  boolean ofDestination(DestinationId id) {
    return standing.containsKey(Control.DestinationPaused.keyOf(id));
  }

  /** Whether tasks to this destination wait: for its own sake, its organization's or its type's. */
  boolean cover(Destination destination) {
    return Stream.of(
            Control.DestinationPaused.keyOf(destination.id()),
            Control.OrganizationPaused.keyOf(destination.organizationId()),
            Control.TypePaused.keyOf(destination.type()))
        .anyMatch(standing::containsKey);
  }

  /**
   * Publishes a wish and waits until the control topic shows it.
   *
   * @param changes stands at the end of {@link Topics#CONTROL}
   * @return what stands there then
   * @throws CliException when that does not come about in time
   */
  Optional<Control.Paused> ask(
      PauseScope scope,
      ControlCommand.Action action,
      Environment environment,
      TopicTail changes,
      Duration within) {
    ControlCommand command =
        new ControlCommand(
            UUID.randomUUID(),
            organizationOf(scope),
            scope,
            environment.actor(),
            environment.clock().instant(),
            action);
    connection.send(
        Topics.CONTROL_COMMANDS,
        scope.key(),
        connection.codecs().controlCommands().encode(Topics.CONTROL_COMMANDS, command));
    return changes
        .await(record -> answer(scope, action, record), within)
        .orElseThrow(() ->
            CliException.failed(
                "the command is published, but "
                    + Topics.CONTROL
                    + " does not show it within "
                    + Durations.words(within)
                    + ". It is decided when Waybill's status role runs: check that it does, then"
                    + " look with `waybill pause list`"));
  }

  private static OrganizationId organizationOf(PauseScope scope) {
    return switch (scope) {
      case PauseScope.OfDestination one -> one.owner();
      case PauseScope.OfOrganization one -> one.organizationId();
      case PauseScope.OfType _ -> OrganizationId.UNKNOWN;
    };
  }

  /** Present when the record is the answer: what stands under the key, or nothing any more. */
  private Optional<Optional<Control.Paused>> answer(
      PauseScope scope, ControlCommand.Action action, ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null || !new String(record.key(), UTF_8).equals(scope.key())) {
      return Optional.empty();
    }
    boolean isPausing = action instanceof ControlCommand.Pause;
    if (record.value() == null) {
      return isPausing ? Optional.empty() : Optional.of(Optional.empty());
    }
    try {
      return isPausing
              && connection.codecs().controls().decode(record.value())
                  instanceof Control.Paused paused
          ? Optional.of(Optional.of(paused))
          : Optional.empty();
    } catch (UndecodableException e) {
      throw CliException.failed(
          "the answer of the status role cannot be read: "
              + e.getMessage()
              + ". Is this command line older than the installation?");
    }
  }
}
