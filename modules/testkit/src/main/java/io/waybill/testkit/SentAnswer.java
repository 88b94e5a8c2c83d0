package io.waybill.testkit;

import java.time.Instant;

/**
 * An answer that {@link HttpSink} has given.
 *
 * @param at when the last of it had been written; whether anybody read it is not known
 */
public record SentAnswer(int status, Instant at) {}
