package io.waybill.app.cli;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands that change one destination share. */
abstract class DestinationsChange extends KafkaCommand {
  @Parameters(paramLabel = "ID", description = "The destination's id.")
  private Optional<DestinationId> id = Optional.empty();

  @Mixin private final AskingOption asking = new AskingOption();

  @Mixin private final OutputOption output = new OutputOption();

  @Option(
      names = "--timeout",
      defaultValue = "30s",
      paramLabel = "DURATION",
      description = "How long to wait for the answer (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofSeconds(30);

  DestinationsChange(Environment environment) {
    super(environment);
  }

  /** What to ask for. */
  abstract DestinationCommand.Action action();

  /** What has become of it when it is done: {@code deleted}. */
  abstract String done();

  @Override
  public final Integer call() {
    DestinationId wanted = id.orElseThrow(() -> wrongUsage("ID is missing"));
    try (Connection connection = connect();
        TopicTail answers = new TopicTail(connection, Topics.DESTINATION_RESULTS)) {
      Destinations destinations = new Destinations(connection, environment(), this::warn);
      // A foreign one is answered here: whether the destinations role runs must not tell it from
      // one that nobody has.
      Destination destination = destinations.get(wanted, asking, this);
      return switch (destinations.ask(destination, action(), answers, timeout)) {
        case DestinationResult.Applied applied -> {
          print(destination, applied.version());
          yield ExitCodes.OK;
        }
        case DestinationResult.Refused refused ->
            throw CliException.failed(
                "destination "
                    + wanted
                    + " was left as it is, because the change was refused:"
                    + Messages.of(refused.errors()));
      };
    }
  }

  private void print(Destination destination, long version) {
    switch (output.get()) {
      case ID -> out().println(destination.id());
      case JSON ->
          Json.print(
              Json.object()
                  .put("result", done())
                  .put("label", destination.label())
                  .put("id", destination.id().value())
                  .put("version", version),
              out());
      case TABLE -> {
        TextTable table = new TextTable("RESULT", "LABEL", "ID", "VERSION");
        table.row(done(), destination.label(), destination.id().value(), Long.toString(version));
        table.print(out());
      }
    }
    out().flush();
  }
}
