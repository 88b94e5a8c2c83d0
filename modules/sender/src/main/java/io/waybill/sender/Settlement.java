package io.waybill.sender;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.ParkedTask;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of one task record: what happened, and where the task goes on, if it does.
 *
 * @param parked the task waits there; then there is no dead letter
 * @param command the wish for a destination that stands in
 * @param destinationCommand the wish that its destination be disabled
 */
record Settlement(
    List<TaskEvent> events,
    Optional<ParkedTask> parked,
    Optional<DeadLetter> deadLetter,
    Optional<DeliveryCommand> command,
    Optional<DestinationCommand> destinationCommand) {
  Settlement {
    events = List.copyOf(events);
    if (parked.isPresent() && deadLetter.isPresent()) {
      throw new IllegalArgumentException("a task is either parked or dead, not both");
    }
  }

  /** Without a wish. */
  Settlement(List<TaskEvent> events, Optional<ParkedTask> parked, Optional<DeadLetter> deadLetter) {
    this(events, parked, deadLetter, Optional.empty(), Optional.empty());
  }

  /** Without a wish about its destination. */
  Settlement(
      List<TaskEvent> events,
      Optional<ParkedTask> parked,
      Optional<DeadLetter> deadLetter,
      Optional<DeliveryCommand> command) {
    this(events, parked, deadLetter, command, Optional.empty());
  }

  /** The same with a wish about its destination. */
  Settlement with(DestinationCommand wish) {
    return new Settlement(events, parked, deadLetter, command, Optional.of(wish));
  }
}
