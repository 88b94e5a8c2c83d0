package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.client.plan.CommandRefusal;
import io.waybill.domain.Destination;
import io.waybill.domain.Reason;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a replay tells: how many tasks it is about, before it begins, and what came of each.
 *
 * @param err for everything but results
 * @param target where the tasks are rerouted to, if they are
 */
record ReplayReport(PrintWriter err, Optional<Destination> target) {
  /** More than that are told by their number. */
  private static final int MOST_ROWS = 1_000;

  /** Whether somebody has to look at it. */
  static boolean isFailure(Replay.Result result) {
    return switch (result) {
      case REPLAYED,
          TO_REPLAY,
          ALREADY_REPLAYED,
          REROUTED,
          TO_REROUTE,
          ALREADY_REROUTED,
          STOOD_IN ->
          false;
      case STAND_IN_FAILED, NAMED_BY_REQUEST, NO_STATUS, GONE, REFUSED, NOT_TAKEN, NOT_SENT -> true;
    };
  }

  /** {@code 3 tasks of 2 deliveries to replay, by reason: attempts-exhausted 2, max-age 1}. */
  void count(ReplayRun run) {
    Collection<Replay.Candidate> dead = run.dead();
    long deliveries = dead.stream().map(Replay.Candidate::deliveryId).distinct().count();
    String reasons =
        dead.stream()
            .collect(Collectors.groupingBy(Replay.Candidate::reason, Collectors.counting()))
            .entrySet()
            .stream()
            .sorted(Map.Entry.<Reason, Long>comparingByValue(Comparator.reverseOrder()))
            .map(entry -> entry.getKey().code() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
    err.println(
        dead.size()
            + " task(s) of "
            + deliveries
            + (deliveries == 1 ? " delivery" : " deliveries")
            + (target.isEmpty()
                ? " to replay"
                : " to reroute to " + target.get().id() + " (" + target.get().label() + ")")
            + (reasons.isEmpty() ? "" : ", by reason: " + reasons));
    counts(run.leftOut())
        .forEach((result, number) ->
            err.println(number + " left out: " + words(result, Optional.empty(), Duration.ZERO)));
    err.flush();
  }

  /**
   * Prints what came of each, or, of very many, how many came to what.
   *
   * @param refusals why, of those that were refused
   */
  void print(
      Map<Replay.Candidate, Replay.Result> results,
      Map<Replay.Candidate, CommandRefusal> refusals,
      Output output,
      Duration timeout,
      PrintWriter out) {
    switch (output) {
      case ID ->
          results.forEach((candidate, result) -> {
            if (isDone(result)) {
              out.println(candidate.taskId());
            }
          });
      case JSON -> {
        ArrayNode array = Json.array();
        results.forEach((candidate, result) -> {
          ObjectNode one =
              array
                  .addObject()
                  .put("taskId", candidate.taskId().value())
                  .put("deliveryId", candidate.deliveryId().toString())
                  .put("destinationId", candidate.destinationId())
                  .put("reason", candidate.reason().code())
                  .put("result", result.name().toLowerCase(Locale.ROOT).replace('_', '-'));
          CommandRefusal refusal = refusals.get(candidate);
          if (refusal != null) {
            one.put("refusal", refusal.code());
          }
        });
        Json.print(array, out);
      }
      case TABLE -> table(results, refusals, timeout).print(out);
    }
    out.flush();
  }

  private static boolean isDone(Replay.Result result) {
    return switch (result) {
      case REPLAYED, TO_REPLAY, REROUTED, TO_REROUTE -> true;
      case ALREADY_REPLAYED,
          ALREADY_REROUTED,
          STAND_IN_FAILED,
          STOOD_IN,
          NAMED_BY_REQUEST,
          NO_STATUS,
          GONE,
          REFUSED,
          NOT_TAKEN,
          NOT_SENT ->
          false;
    };
  }

  private static TextTable table(
      Map<Replay.Candidate, Replay.Result> results,
      Map<Replay.Candidate, CommandRefusal> refusals,
      Duration timeout) {
    if (results.size() > MOST_ROWS) {
      TextTable table = new TextTable("TASKS", "RESULT");
      Map<String, Integer> numbers = new TreeMap<>();
      results.forEach((candidate, result) ->
          numbers.merge(words(candidate, result, refusals, timeout), 1, Integer::sum));
      numbers.forEach((words, number) -> table.row(number.toString(), words));
      return table;
    }
    TextTable table = new TextTable("TASK", "DELIVERY", "DESTINATION", "RESULT");
    results.forEach((candidate, result) ->
        table.row(
            candidate.taskId().value(),
            candidate.deliveryId().toString(),
            candidate.destinationId(),
            words(candidate, result, refusals, timeout)));
    return table;
  }

  private static String words(
      Replay.Candidate candidate,
      Replay.Result result,
      Map<Replay.Candidate, CommandRefusal> refusals,
      Duration timeout) {
    return words(result, Optional.ofNullable(refusals.get(candidate)), timeout);
  }

  private static Map<Replay.Result, Long> counts(Map<Replay.Candidate, Replay.Result> results) {
    return results.values().stream()
        .collect(
            Collectors.groupingBy(
                result -> result, () -> new EnumMap<>(Replay.Result.class), Collectors.counting()));
  }

  private static String words(
      Replay.Result result, Optional<CommandRefusal> refusal, Duration timeout) {
    return switch (result) {
      case REPLAYED -> "replayed";
      case TO_REPLAY -> "would be replayed";
      case ALREADY_REPLAYED -> "was already replayed, nothing was sent";
      case REROUTED -> "rerouted";
      case TO_REROUTE -> "would be rerouted";
      case ALREADY_REROUTED -> "was already rerouted, nothing was sent";
      case STAND_IN_FAILED ->
          "was rerouted there before and failed there too, nothing was sent: replay the task that"
              + " failed there, or choose another destination";
      case STOOD_IN -> "another destination has it or is being sent it, nothing was sent";
      case NAMED_BY_REQUEST ->
          "its request names that destination itself, nothing was sent: replay the task that failed"
              + " there";
      case NO_STATUS -> "its delivery has no status any more, nothing was sent";
      case GONE -> "its dead letter is gone, its retention has passed just now; nothing was sent";
      case REFUSED ->
          "refused, nothing was sent" + refusal.map(because -> ": " + because.words()).orElse("");
      case NOT_TAKEN ->
          "published, but the status does not show it within " + Durations.words(timeout);
      case NOT_SENT -> "not published, because the status does not take what was";
    };
  }
}
