package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.waybill.domain.DeadLetter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill dead-letters replay}. */
@Command(
    name = "replay",
    description = {
      "Give dead-lettered tasks another life.",
      "Replaying a task twice sends it once. Records that never became a task (rejected or"
          + " unreadable requests) cannot be replayed: correct and publish them again."
    })
final class DeadLettersReplay extends KafkaCommand {
  @Parameters(arity = "0..*", paramLabel = "TASK_ID", description = "The tasks, by their ids.")
  private List<String> ids = new ArrayList<>();

  @Option(names = "--all", description = "All tasks that the filters let through.")
  private boolean all;

  @Mixin private final DeadLetterFilter filter = new DeadLetterFilter();

  @Option(names = "--dry-run", description = "Only show what would be replayed.")
  private boolean dryRun;

  @Option(names = "--yes", description = "With --all: do not ask.")
  private boolean yes;

  @Option(
      names = "--timeout",
      defaultValue = "30s",
      paramLabel = "DURATION",
      description =
          "Stop waiting when no status has changed for so long (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofSeconds(30);

  @Mixin private final OutputOption output = new OutputOption();

  DeadLettersReplay(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    if (all == !ids.isEmpty()) {
      throw wrongUsage("give either TASK_ID or --all");
    }
    if (all && !yes && !dryRun && !environment().interactive()) {
      throw wrongUsage("--all asks before it replays, and nobody is there to answer: give --yes");
    }
    Instant now = environment().clock().instant();
    Set<String> wanted = new HashSet<>(ids);
    Set<String> foreign = new HashSet<>();
    Predicate<DeadLetter> meant =
        letter -> {
          boolean isNamed =
              wanted.contains(DeadLetterView.id(letter))
                  || wanted.contains(letter.origin().toString());
          if (isNamed && filter.isForeign(letter)) {
            foreign.add(DeadLetterView.id(letter));
          }
          return (all || isNamed) && filter.matches(letter, now);
        };
    try (Connection connection = connect()) {
      Replay replay = new Replay(connection, environment(), this::warn);
      Replay.Found found = replay.find(meant);
      // They read as not there, as for `dead-letters show`.
      foreign.forEach(id ->
          AskingOption.report(
              filter.organization().orElseThrow(),
              AskingOption.Thing.DEAD_LETTER,
              id,
              this,
              connection));
      refuseOthers(found);
      if (found.tasks().isEmpty()) {
        throw CliException.failed(
            "no dead-lettered task "
                + (all ? "matches the filters" : "has this id")
                + ". `waybill dead-letters list` shows those that there are, for 30 days");
      }
      if (all && !yes && !dryRun && !confirmed(found)) {
        throw CliException.failed("nothing was replayed");
      }
      Map<Replay.Candidate, Replay.Result> results = replay.run(found.tasks(), dryRun, timeout);
      print(results);
      boolean incomplete = !all && found.tasks().size() < wanted.size();
      if (incomplete) {
        warn("some of the ids are no dead-lettered tasks");
      }
      return incomplete || results.values().stream().anyMatch(DeadLettersReplay::isFailure)
          ? ExitCodes.FAILED
          : ExitCodes.OK;
    }
  }

  private boolean confirmed(Replay.Found found) {
    return environment().confirm().test("Replay " + found.tasks().size() + " task(s)?");
  }

  private void refuseOthers(Replay.Found found) {
    if (found.others().isEmpty()) {
      return;
    }
    String why =
        "never became a task and cannot be replayed: look at it with `waybill dead-letters show`,"
            + " correct the request and publish it again";
    if (!all) {
      throw CliException.failed("the record " + String.join(", ", found.others()) + " " + why);
    }
    warn(found.others().size() + " record(s) left out. Such a record " + why);
  }

  private static boolean isFailure(Replay.Result result) {
    return switch (result) {
      case REPLAYED, TO_REPLAY, ALREADY_REPLAYED -> false;
      case NO_STATUS, NOT_TAKEN -> true;
    };
  }

  private static String words(Replay.Result result, Duration timeout) {
    return switch (result) {
      case REPLAYED -> "replayed";
      case TO_REPLAY -> "would be replayed";
      case ALREADY_REPLAYED -> "was already replayed, nothing was sent";
      case NO_STATUS -> "its delivery has no status any more, nothing was sent";
      case NOT_TAKEN ->
          "published, but the status does not show it within " + Durations.words(timeout);
    };
  }

  private void print(Map<Replay.Candidate, Replay.Result> results) {
    switch (output.get()) {
      case ID ->
          results.forEach((candidate, result) -> {
            if (result == Replay.Result.REPLAYED || result == Replay.Result.TO_REPLAY) {
              out().println(candidate.taskId());
            }
          });
      case JSON -> {
        ArrayNode array = Json.array();
        results.forEach((candidate, result) ->
            array
                .addObject()
                .put("taskId", candidate.taskId().value())
                .put("deliveryId", candidate.deliveryId().toString())
                .put("destinationId", candidate.destinationId())
                .put("result", result.name().toLowerCase(Locale.ROOT).replace('_', '-')));
        Json.print(array, out());
      }
      case TABLE -> {
        TextTable table = new TextTable("TASK", "DELIVERY", "DESTINATION", "RESULT");
        results.forEach((candidate, result) ->
            table.row(
                candidate.taskId().value(),
                candidate.deliveryId().toString(),
                candidate.destinationId(),
                words(result, timeout)));
        table.print(out());
      }
    }
    out().flush();
  }
}
