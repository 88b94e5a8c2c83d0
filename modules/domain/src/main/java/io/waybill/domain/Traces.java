package io.waybill.domain;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who keeps traces. Told of each step of a delivery when it has ended. Called where the work is
 * done, so it must return at once and throw nothing; safe to share between threads.
 */
public interface Traces {
  /** Keeps none, and lets what the publisher began pass through to whoever comes after. */
  Traces NONE = (parent, delivery, step) -> parent;

  /**
   * Adds a step.
   *
   * @param parent what came before it; empty when nothing did
   * @param delivery whose step it is; a trace that nobody began is kept or not by this id
   * @param step asked for only if it is wanted
   * @return what the next steps come after
   */
  Optional<TraceParent> add(Optional<TraceParent> parent, DeliveryId delivery, Supplier<Step> step);

  /** What kind of work a step was. */
  enum Kind {
    /** A record was read and dealt with. */
    CONSUMER,
    /** A receiver was called. */
    CLIENT
  }

  /**
   * One step of a delivery.
   *
   * @param name of the step, from a closed set
   * @param attributes ids and words, nothing of a payload
   * @param failure why it failed, if it did
   */
  record Step(
      String name,
      Kind kind,
      Instant begunAt,
      Instant endedAt,
      Map<String, String> attributes,
      Optional<Reason> failure) {
    public Step {
      attributes = Map.copyOf(attributes);
    }
  }
}
