package io.waybill.client.plan;

import io.waybill.domain.AuditRecord;
import java.util.Optional;
import java.util.UUID;

/**
 * That the status role has refused a delivery command. It changes no status then; the audit trail
 * alone tells it, under the command's id.
 *
 * @param commandId of the command
 * @param code why: a stable kebab-case word
 */
public record CommandRefusal(UUID commandId, String code) {
  private static final String NOT_FOUND = "not-found";
  private static final String FOREIGN_DELIVERY = "foreign-delivery-requested";

  /** Reads an audit record; nothing when it is about anything else. */
  public static Optional<CommandRefusal> of(AuditRecord audit) {
    String id = audit.details().get("commandId");
    boolean isForeign = audit.action().startsWith("foreign-");
    if (id == null || !(isForeign || audit.action().endsWith("-refused"))) {
      return Optional.empty();
    }
    String code =
        isForeign ? audit.action() : audit.details().getOrDefault("reason", audit.action());
    try {
      return Optional.of(new CommandRefusal(UUID.fromString(id), code));
    } catch (IllegalArgumentException e) {
      // Somebody else's id: no command of ours has such a one.
      return Optional.empty();
    }
  }

  /** Whether there is no such delivery for who asked, which reads the same if it is another's. */
  public boolean isOfNoDelivery() {
    return code.equals(NOT_FOUND) || code.equals(FOREIGN_DELIVERY);
  }

  /** Why, and what to do, for people; to stand behind a colon. */
  public String words() {
    return switch (code) {
      case NOT_FOUND, FOREIGN_DELIVERY ->
          "there is no such delivery or task any more, its retention may be over";
      case "foreign-destination-requested" -> "there is no such destination";
      case "nothing-to-cancel" -> "it has ended meanwhile, there is nothing to cancel";
      case "nothing-to-retry" ->
          "nothing of it has failed by now that could be sent again: what failed needs its request's"
              + " payload, and a sender of its type in this installation";
      case "not-failed" ->
          "the task does not lie dead any more: it was replayed, or delivered after all. Look at the"
              + " delivery's status";
      case "other-generation" ->
          "the task was replayed since and failed again: replay its newest dead letter";
      case "other-payload" ->
          "the dead letter holds another payload than the request had: publish the request again";
      case "type-not-served" ->
          "this installation has no sender of the destination's type: run one, or reroute it to a"
              + " destination of another type";
      case "named-by-the-request" ->
          "the request names that destination itself: replay the task that failed there";
      case "already-delivered" -> "another destination has delivered it in its place";
      case "already-rerouted" ->
          "it was rerouted there before: replay the task that failed there, or choose another"
              + " destination";
      case "fallback-under-way" ->
          "another destination is being sent it in its place: wait for how that ends";
      case "too-many-fallbacks" ->
          "too many destinations stand in already: replay one that failed, or publish the request"
              + " again";
      default -> code;
    };
  }
}
