package io.waybill.app.cli;

import java.time.Duration;

/** How the deliveries of dead letters stand, and how that goes on. Used by one thread. */
interface Standings extends AutoCloseable {
  ReplayStanding of(Replay.Candidate candidate);

  /** Reads on to what is known now. */
  void catchUp();

  /** Reads on, waiting for so long at most. */
  void poll(Duration within);

  @Override
  void close();
}
