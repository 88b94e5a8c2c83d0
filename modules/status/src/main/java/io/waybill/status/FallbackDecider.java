package io.waybill.status;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryCommand.Failed;
import io.waybill.domain.DeliveryCommand.Fallback;
import io.waybill.domain.DeliveryCommand.Overdue;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.OverallState;
import io.waybill.domain.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides who stands in for a destination whose task failed or is overdue. Pure.
 *
 * <p>A wish after a failure is what ends the task in the status, not the event beside it, so that
 * failure and fallback become visible as one, whichever of the two is read first. A wish is granted
 * once per generation: the first changes the state, the second finds the task over.
 *
 * <p>At most one task per (delivery, fallback destination, generation): a destination that the
 * request names is never a fallback, one that stands in for another destination already is shared,
 * and one that failed in this generation is passed over. So every chain ends, A for B and B for A
 * too.
 */
final class FallbackDecider {
  /** What a status shows of a message; a command could bring megabytes of it. */
  private static final int LONGEST_MESSAGE = 2_000;

  /** Clocks of senders may be fast. */
  private static final Duration LONGEST_WAIT =
      DestinationRules.MAX_FALLBACK_AFTER.plus(Duration.ofHours(1));

  private static final String NO_SUCH_DELIVERY =
      "no acceptance of this delivery has been seen in this organization; it never existed, or its"
          + " status is past retention";

  private final NewTasks newTasks;

  FallbackDecider(NewTasks newTasks) {
    this.newTasks = newTasks;
  }

  FallbackDecision decide(
      DeliveryCommand command, Fallback asked, Optional<DeliveryStatus> known, Instant now) {
    Task task = asked.task();
    if (!task.organizationId().equals(command.organizationId())
        || !task.deliveryId().equals(command.deliveryId())
        || asked.targets().size() > DestinationRules.MAX_FALLBACKS) {
      return new FallbackDecision.Impossible(
          "the task is another delivery's, or more than "
              + DestinationRules.MAX_FALLBACKS
              + " destinations are to stand in for it");
    }
    if (asked.cause() instanceof Overdue overdue && now.isBefore(overdue.since())) {
      return overdue.since().isAfter(now.plus(LONGEST_WAIT))
          ? new FallbackDecision.Impossible(
              "overdueSince is later than any fallbackAfter can make it, at most "
                  + DestinationRules.MAX_FALLBACK_AFTER
                  + " from now")
          : new FallbackDecision.Later(overdue.since());
    }
    // A request that was refused under the same id before says nothing of this delivery.
    Optional<DeliveryStatus> current = known.filter(status -> !isRefused(status));
    if (current.isEmpty()) {
      return new FallbackDecision.Unknown();
    }
    DeliveryStatus status = current.get();
    if (!status.organizationId().equals(command.organizationId())) {
      // Reads like none: nobody learns which ids exist.
      return new FallbackDecision.Impossible(NO_SUCH_DELIVERY);
    }
    int position = positionOf(task, status);
    if (position < 0) {
      return new FallbackDecision.Impossible("this delivery has no such task");
    }
    DestinationStatus one = status.destinations().get(position);
    if (one.generation() != task.generation() || one.state().isTerminal()) {
      // Delivered or cancelled meanwhile, or asked before; or in another life by now.
      return new FallbackDecision.Moot();
    }
    return decide(command, asked, status, position, now);
  }

  /** The message of a wish for a delivery that never became known. */
  static String neverKnown() {
    return NO_SUCH_DELIVERY;
  }

  private FallbackDecision decide(
      DeliveryCommand command, Fallback asked, DeliveryStatus status, int position, Instant now) {
    List<DestinationStatus> destinations = new ArrayList<>(status.destinations());
    if (asked.cause() instanceof Failed failed) {
      destinations.set(position, failed(destinations.get(position), asked.task(), failed));
    }
    Optional<NewTasks.Cargo> cargo = NewTasks.cargoOf(status, asked.task());
    boolean isExpired = status.expiresAt().filter(at -> !now.isBefore(at)).isPresent();
    List<FallbackPlan.Chosen> chosen =
        cargo.isEmpty() || isExpired
            ? List.of()
            : new FallbackPlan(destinations, newTasks, status).choose(position, asked);
    List<Task> tasks =
        chosen.stream()
            .flatMap(one ->
                newTasks
                    .taskOf(
                        status,
                        one.destination(),
                        one.destination().generation(),
                        cargo.orElseThrow(),
                        one.version(),
                        now)
                    .stream())
            .toList();
    DeliveryStatus after = Changes.with(status, destinations, now);
    if (tasks.isEmpty() && after.destinations().equals(status.destinations())) {
      return new FallbackDecision.Moot();
    }
    return new FallbackDecision.Granted(after, tasks, audit(command, asked, cargo, tasks, now));
  }

  private static DestinationStatus failed(DestinationStatus before, Task task, Failed failed) {
    String message = failed.message();
    return Changes.undelivered(
        before,
        DestinationState.FAILED,
        before.generation(),
        Math.max(before.attempts(), task.attempts()),
        Optional.of(failed.reason()),
        Optional.of(
            message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message),
        Optional.empty());
  }

  private static int positionOf(Task task, DeliveryStatus status) {
    for (int i = 0; i < status.destinations().size(); i++) {
      DestinationStatus one = status.destinations().get(i);
      if (one.destinationId().equals(task.destinationId().value())
          && one.taskId().equals(Optional.of(task.taskId()))) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isRefused(DeliveryStatus status) {
    return status.state() == OverallState.REJECTED || status.state() == OverallState.DUPLICATE;
  }

  /** What somebody may ask about later: who got data that the request had not sent there. */
  private static Optional<AuditRecord> audit(
      DeliveryCommand command,
      Fallback asked,
      Optional<NewTasks.Cargo> cargo,
      List<Task> tasks,
      Instant now) {
    String destination = asked.task().destinationId().value();
    if (cargo.isEmpty()) {
      return Optional.of(
          CommandDecider.audit(
              command,
              "fallback-refused",
              Map.of("destinationId", destination, "reason", "other-payload"),
              now));
    }
    if (tasks.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        CommandDecider.audit(
            command,
            "fallback-sent",
            Map.of(
                "destinationId", destination,
                "fallbackDestinationIds",
                    String.join(
                        ", ", tasks.stream().map(task -> task.destinationId().value()).toList()),
                "generation", Integer.toString(asked.task().generation())),
            now));
  }
}
