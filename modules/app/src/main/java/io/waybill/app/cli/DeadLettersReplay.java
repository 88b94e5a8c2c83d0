package io.waybill.app.cli;

import io.waybill.client.plan.ForeignThing;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
      "Give dead-lettered tasks another life, at their own destination or at another one.",
      "Replaying a task twice sends it once. Records that never became a task (rejected or"
          + " unreadable requests) cannot be replayed: correct and publish them again."
    })
final class DeadLettersReplay extends KafkaCommand {
  @Parameters(arity = "0..*", paramLabel = "TASK_ID", description = "The tasks, by their ids.")
  private List<String> ids = new ArrayList<>();

  @Option(
      names = "--all",
      description =
          "All tasks that the filters let through, but those that a fallback has delivered.")
  private boolean all;

  @Mixin private final DeadLetterFilter filter = new DeadLetterFilter();

  @Option(
      names = "--to",
      paramLabel = "ID",
      description =
          "Send them to this destination of the same organization instead; it stands in as a"
              + " fallback does. With --all, --org says whose tasks.")
  private Optional<DestinationId> to = Optional.empty();

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
    if (all && to.isPresent() && filter.organization().isEmpty()) {
      throw wrongUsage("--to with --all needs --org: a destination takes its own tasks only");
    }
    if (all && !yes && !dryRun && !environment().interactive()) {
      throw wrongUsage("--all asks before it replays, and nobody is there to answer: give --yes");
    }
    try (Connection connection = connect()) {
      Set<String> missing = new HashSet<>(ids);
      Replay.Found found = find(connection, missing);
      Optional<Destination> target = to.map(id -> target(id, found, connection));
      try (ReplayRun run =
          ReplayRun.over(connection, environment(), found.tasks(), target, !all, this::warn)) {
        ReplayReport report = new ReplayReport(err(), target);
        report.count(run);
        if (all && !yes && !dryRun && !run.dead().isEmpty() && !isConfirmed(run)) {
          throw CliException.failed("nothing was replayed");
        }
        Map<Replay.Candidate, Replay.Result> results =
            dryRun ? run.dryRun() : run.run(timeout, progress(run));
        report.print(results, run.refusals(), output.get(), timeout, out());
        if (!missing.isEmpty()) {
          warn("some of the ids are no dead-lettered tasks");
        }
        return !missing.isEmpty() || results.values().stream().anyMatch(ReplayReport::isFailure)
            ? ExitCodes.FAILED
            : ExitCodes.OK;
      }
    }
  }

  private Progress progress(ReplayRun run) {
    return new Progress(
        to.isPresent() ? "rerouted" : "replayed",
        run.dead().size(),
        environment().interactive(),
        err());
  }

  private boolean isConfirmed(ReplayRun run) {
    return environment()
        .confirm()
        .test((to.isPresent() ? "Reroute " : "Replay ") + run.dead().size() + " task(s)?");
  }

  /**
   * Finds what is meant.
   *
   * @param missing the ids, of which those are left that name nothing. A task's id and its letter's
   *     origin name one and the same
   */
  private Replay.Found find(Connection connection, Set<String> missing) {
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
          boolean isMeant = (all || isNamed) && filter.matches(letter, now);
          if (isMeant) {
            missing.remove(DeadLetterView.id(letter));
            missing.remove(letter.origin().toString());
          }
          return isMeant;
        };
    Replay.Found found = new Replay(connection, this::warn).find(meant);
    // They read as not there, as for `dead-letters show`.
    foreign.forEach(id ->
        AskingOption.report(
            filter.organization().orElseThrow(), ForeignThing.DEAD_LETTER, id, this, connection));
    refuseOthers(found);
    if (found.tasks().isEmpty()) {
      throw CliException.failed(
          "no dead-lettered task "
              + (all ? "matches the filters" : "has this id")
              + ". `waybill dead-letters list` shows those that there are, for 30 days");
    }
    return found;
  }

  /** The destination to reroute to, which must be that of the tasks' organization. */
  private Destination target(DestinationId id, Replay.Found found, Connection connection) {
    Destination target = new Destinations(connection, environment(), this::warn).get(id);
    Optional<OrganizationId> stranger =
        found.tasks().stream()
            .map(Replay.Candidate::organizationId)
            .filter(owner -> !owner.equals(target.organizationId()))
            .findFirst();
    if (stranger.isPresent()) {
      AskingOption.report(stranger.get(), ForeignThing.DESTINATION, id.value(), this, connection);
      throw Destinations.unknown(id);
    }
    if (!target.enabled()) {
      throw CliException.failed(
          "destination "
              + id
              + " is disabled, so nothing was rerouted. Enable it with `waybill destinations enable "
              + id
              + "`, or choose another one");
    }
    return target;
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
}
