package io.waybill.app.cli;

import io.waybill.domain.Control;
import io.waybill.domain.ControlCommand;
import io.waybill.domain.PauseScope;
import io.waybill.domain.RequestRules;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code waybill pause ...} and {@code waybill resume ...} share. */
abstract class PauseChange extends KafkaCommand {
  /** Not for {@code resume}. */
  static final String REASON = "--reason";

  /** The first word of the command. */
  enum Verb {
    PAUSE,
    RESUME
  }

  @Mixin private final OutputOption output = new OutputOption();

  @Option(
      names = REASON,
      paramLabel = "TEXT",
      description = "Why, for whoever looks at the pause later; it is audited.")
  private Optional<String> reason = Optional.empty();

  @Option(
      names = "--timeout",
      defaultValue = "30s",
      paramLabel = "DURATION",
      description = "How long to wait until it shows (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofSeconds(30);

  private final Verb verb;

  PauseChange(Environment environment, Verb verb) {
    super(environment);
    this.verb = verb;
  }

  /**
   * What is meant.
   *
   * @param pauses what is paused now
   * @throws CliException when there is no such thing
   */
  abstract PauseScope scope(Connection connection, Pauses pauses);

  final Verb verb() {
    return verb;
  }

  @Override
  public final Integer call() {
    reason
        .filter(text ->
            text.length() > ControlCommand.MAX_REASON_LENGTH
                || RequestRules.hasControlCharacters(text))
        .ifPresent(_ -> {
          throw wrongUsage(
              REASON
                  + " takes at most "
                  + ControlCommand.MAX_REASON_LENGTH
                  + " characters and no control characters");
        });
    try (Connection connection = connect();
        TopicTail changes = new TopicTail(connection, Topics.CONTROL)) {
      Pauses pauses = new Pauses(connection, this::warn);
      PauseScope scope = scope(connection, pauses);
      Optional<Control.Paused> before = pauses.of(scope);
      switch (verb) {
        case PAUSE -> {
          if (before.isPresent()) {
            print("already paused", scope, before);
          } else {
            print("paused", scope, ask(pauses, scope, new ControlCommand.Pause(reason), changes));
          }
        }
        case RESUME -> {
          if (before.isEmpty()) {
            print("not paused", scope, before);
          } else {
            print("resumed", scope, ask(pauses, scope, new ControlCommand.Resume(), changes));
          }
        }
      }
    }
    return ExitCodes.OK;
  }

  private Optional<Control.Paused> ask(
      Pauses pauses, PauseScope scope, ControlCommand.Action action, TopicTail changes) {
    return pauses.ask(scope, action, environment(), changes, timeout);
  }

  private void print(String result, PauseScope scope, Optional<Control.Paused> now) {
    PauseView view = new PauseView(scope.word(), scope.id(), now);
    switch (output.get()) {
      case ID -> out().println(scope.id());
      case JSON -> Json.print(view.json().put("result", result), out());
      case TABLE -> {
        List<String> headings = new ArrayList<>(List.of("RESULT"));
        headings.addAll(List.of(PauseView.HEADINGS));
        List<String> cells = new ArrayList<>(List.of(result));
        cells.addAll(List.of(view.cells()));
        TextTable table = new TextTable(headings.toArray(String[]::new));
        table.row(cells.toArray(String[]::new));
        table.print(out());
      }
    }
    out().flush();
  }
}
