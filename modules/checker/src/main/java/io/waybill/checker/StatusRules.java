package io.waybill.checker;

import io.waybill.checker.Topics.DestinationState;
import io.waybill.checker.Topics.Known;
import io.waybill.checker.Topics.Purged;
import io.waybill.checker.Topics.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * {@link Rule#NONMONO}: a status only goes forward. Compaction may take steps away and cannot turn
 * one round.
 */
final class StatusRules {
  private final Facts facts;
  private final Consumer<Finding> found;

  StatusRules(Facts facts, Consumer<Finding> found) {
    this.facts = facts;
    this.found = found;
  }

  static boolean isEnd(String state) {
    return switch (state) {
      case "completed", "failed", "partial", "rejected", "duplicate", "cancelled", "expired" ->
          true;
      default -> false;
    };
  }

  /** A refused request owns nothing: the same id may be accepted later. */
  private static boolean isRefused(String state) {
    return state.equals("rejected") || state.equals("duplicate");
  }

  void check() {
    facts.statuses().values().forEach(this::check);
  }

  private void check(List<Status> statuses) {
    Optional<Known> before = Optional.empty();
    for (Status status : statuses) {
      before =
          switch (status) {
            case Known next -> {
              before.ifPresent(known -> compare(known, next));
              yield Optional.of(next);
            }
            case Purged purged -> {
              before
                  .filter(known -> !isEnd(known.state()))
                  .ifPresent(
                      known -> add(purged.deliveryId(), "purged while it was " + known.state()));
              yield Optional.empty();
            }
          };
    }
  }

  private void compare(Known before, Known next) {
    if (isRefused(before.state())) {
      return;
    }
    String delivery = before.deliveryId();
    if (isRefused(next.state())) {
      add(delivery, "accepted (%s), then %s".formatted(before.state(), next.state()));
      return;
    }
    Map<String, DestinationState> states = new HashMap<>();
    next.destinations().forEach(state -> states.putIfAbsent(state.destinationId(), state));
    boolean found = false;
    boolean reborn = false;
    for (DestinationState state : before.destinations()) {
      DestinationState after = states.get(state.destinationId());
      Optional<String> wrong =
          after == null ? Optional.of("it is in the status no more") : wrong(state, after);
      if (wrong.isPresent()) {
        found = true;
        add(new TaskKey(delivery, state.destinationId()).toString(), wrong.get());
      }
      reborn |= after != null && after.generation() > state.generation();
    }
    if (!found && !reborn && isEnd(before.state()) && !isEnd(next.state())) {
      add(delivery, "%s, then %s without a replay".formatted(before.state(), next.state()));
    }
  }

  private static Optional<String> wrong(DestinationState before, DestinationState after) {
    if (after.generation() > before.generation()) {
      return Optional.empty();
    }
    if (after.generation() < before.generation()) {
      return Optional.of(
          "generation %d, then %d".formatted(before.generation(), after.generation()));
    }
    if (after.attempts() < before.attempts()) {
      return Optional.of("attempts %d, then %d".formatted(before.attempts(), after.attempts()));
    }
    boolean sameEnd = after.state().equals(before.state());
    // What arrived has arrived, whatever had been said before.
    boolean arrived = after.state().equals(DestinationState.DELIVERED);
    return before.isEnd() && !sameEnd && !arrived
        ? Optional.of("%s, then %s without a replay".formatted(before.state(), after.state()))
        : Optional.empty();
  }

  private void add(String subject, String words) {
    found.accept(new Finding(Rule.NONMONO, subject, words));
  }
}
