package io.waybill.sender;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Adds to a settlement the wish that a destination be disabled whose receiver says that it is gone
 * for good (410): nothing more shall be sent there before its owner has looked. Written in the
 * attempt's transaction, so that no such answer is forgotten.
 *
 * <p>The command's id is made of destination and version: many attempts that are under way hear the
 * same, and their wishes are one command. A version that has changed by then is left alone.
 *
 * <p>Has no state; used by whatever thread an attempt ends on.
 */
final class GoneReceivers {
  private static final String REASON =
      "the receiver answered 410: it is gone for good. Enter its new address, then enable the"
          + " destination";

  private final String actor;

  GoneReceivers(DestinationType type) {
    this.actor = SenderConfig.groupId(type);
  }

  /** The settlement, with a wish when the outcome gives reason for one. */
  Settlement complete(
      Settlement settlement, Outcome outcome, Destination destination, Instant now) {
    boolean gone = outcome instanceof Outcome.Permanent failed && failed.reason() == Reason.GONE;
    return gone && destination.enabled() && !destination.deleted()
        ? settlement.with(disable(destination, now))
        : settlement;
  }

  private DestinationCommand disable(Destination destination, Instant now) {
    String name = "gone " + destination.id() + " " + destination.version();
    return new DestinationCommand(
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)),
        destination.organizationId(),
        destination.id(),
        actor,
        now,
        new DestinationCommand.Disable(
            OptionalLong.of(destination.version()), Optional.of(REASON)));
  }
}
