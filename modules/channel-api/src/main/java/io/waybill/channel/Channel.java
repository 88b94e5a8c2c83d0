package io.waybill.channel;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Outcome;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Sends one destination type. Safe to call from any thread; many attempts are under way at a time.
 *
 * <p>Whatever goes wrong is an {@link Outcome}, bugs included: the stage completes normally, and
 * within the attempt's time-out (measured from the call, name resolution included). Cancelling the
 * stage's future is not supported: an attempt that has begun may have reached its receiver.
 */
public interface Channel extends AutoCloseable {

  /** The type that this channel sends. */
  DestinationType type();

  /** Starts the attempt and returns at once; never throws. */
  CompletionStage<Outcome> send(Attempt attempt);

  /**
   * Tries the way to the attempt's destination as {@link #send} goes it (address guard, connection,
   * TLS, credentials), and leaves nothing there where the protocol can do without: the data is then
   * not looked at. Delivered means that an attempt would have come as far as that.
   *
   * <p>Unless a channel says otherwise this is an attempt like any other.
   */
  default CompletionStage<Outcome> probe(Attempt attempt) {
    return send(attempt);
  }

  /**
   * How many bytes an attempt at a large payload keeps in memory: the payload and whatever the
   * channel makes of it and does not stream. Senders let no more attempts begin than fit into their
   * memory by this. Cheap, and never throws.
   *
   * <p>Unless a channel says otherwise it streams, and keeps the payload alone.
   *
   * @param destination the newest version that the sender knows, if it knows one yet
   * @param payloadBytes size of the payload's data
   */
  default long footprint(Optional<Destination> destination, long payloadBytes) {
    return payloadBytes;
  }

  /** Stops taking attempts and releases connections; what is under way ends as transient. */
  @Override
  void close();
}
