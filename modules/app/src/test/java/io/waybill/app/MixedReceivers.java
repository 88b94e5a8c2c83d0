package io.waybill.app;

import io.waybill.testkit.Answer;
import io.waybill.testkit.ReceivedRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Webhooks of one {@link SteadyLoad} of which some are not well: so that what kills senders meets
 * retries, parked tasks, dead letters and open breakers too. May be used by many threads.
 */
final class MixedReceivers implements Function<ReceivedRequest, Answer> {
  /** Each of them has this one of every so many of its requests fail at first. */
  private static final int FAILS_AT_FIRST = 4;

  /** Of each so long, those with spells are unwell for so long. */
  private static final Duration SPELL_EVERY = Duration.ofSeconds(30);

  private static final Duration SPELL = Duration.ofSeconds(6);

  /** By the number of the destination; all others are well. */
  private static final int UNAVAILABLE_ONCE = 0;

  private static final int UNAVAILABLE_TWICE = 1;
  private static final int SAYS_WHEN = 2;
  private static final int HANGS_FOR_A_SPELL = 3;
  private static final int FAILS_FOR_A_SPELL = 4;
  private static final int REFUSES = 5;

  /** Those whose breaker may open. */
  static final Set<Integer> UNWELL =
      Set.of(UNAVAILABLE_ONCE, UNAVAILABLE_TWICE, SAYS_WHEN, HANGS_FOR_A_SPELL, FAILS_FOR_A_SPELL);

  private final int destinations;
  private final Function<ReceivedRequest, Answer> well;
  private final Map<String, AtomicInteger> requests = new ConcurrentHashMap<>();

  /** When the first request came, with which the first spell begins: epoch milliseconds, or 0. */
  private final AtomicLong begin = new AtomicLong();

  private volatile boolean recovered;

  /**
   * @param destinations of the load, which go round
   * @param well what those answer that are well
   */
  MixedReceivers(int destinations, Function<ReceivedRequest, Answer> well) {
    this.destinations = destinations;
    this.well = well;
  }

  /**
   * From now on everybody is well. What fails at first would take long to get through else, for it
   * alone is left for the breakers' probes.
   */
  void recover() {
    recovered = true;
  }

  @Override
  public Answer apply(ReceivedRequest request) {
    return switch (SteadyLoad.destinationNumber(request)) {
      case UNAVAILABLE_ONCE -> isAmongFirst(1, request) ? Answer.status(503) : well.apply(request);
      case UNAVAILABLE_TWICE -> isAmongFirst(2, request) ? Answer.status(503) : well.apply(request);
      case SAYS_WHEN ->
          isAmongFirst(1, request)
              ? Answer.status(429).header("Retry-After", "1")
              : well.apply(request);
      case HANGS_FOR_A_SPELL -> isSpell() ? Answer.hang() : well.apply(request);
      case FAILS_FOR_A_SPELL -> isSpell() ? Answer.status(500) : well.apply(request);
      case REFUSES -> Answer.status(404);
      default -> well.apply(request);
    };
  }

  /** Whether it is one of the first requests of a task that fails at first. */
  private boolean isAmongFirst(int many, ReceivedRequest request) {
    int round = Integer.parseInt(request.bodyText()) / destinations;
    return !recovered
        && round % FAILS_AT_FIRST == 0
        && requests
                .computeIfAbsent(request.header("webhook-id").orElse(""), _ -> new AtomicInteger())
                .incrementAndGet()
            <= many;
  }

  private boolean isSpell() {
    long now = Instant.now().toEpochMilli();
    begin.compareAndSet(0, now);
    long time = now - begin.get();
    return !recovered && time % SPELL_EVERY.toMillis() < SPELL.toMillis();
  }
}
