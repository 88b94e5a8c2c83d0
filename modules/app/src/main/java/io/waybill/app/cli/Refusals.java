package io.waybill.app.cli;

import io.waybill.client.plan.CommandRefusal;
import java.util.Optional;
import java.util.UUID;

/** Which commands were refused. Used by one thread. */
interface Refusals extends AutoCloseable {
  /** Keeps the refusal of this command, should it come. Before {@link #poll} can read it. */
  void expect(UUID commandId);

  /** Reads on, without waiting. */
  void poll();

  /** The refusal of an expected command, as far as is known. */
  Optional<CommandRefusal> of(UUID commandId);

  @Override
  void close();
}
