package io.waybill.soak;

import java.time.Duration;
import java.util.Locale;

/**
 * One fault of a schedule.
 *
 * @param number from 1
 * @param at after the first fault could have come
 * @param victim a process, or a link, by its name in {@link Roster}
 * @param lasts until what was killed is started again, what stands still goes on, what is broken is
 *     healed
 */
record Fault(int number, Duration at, Kind kind, String victim, Duration lasts) {

  /** What is done; in brackets the rows of the fault matrix. */
  enum Kind {
    /** SIGKILL (F1, F2, F7, F10). */
    KILL,
    /** SIGTERM (F12). */
    TERM,
    /** SIGSTOP, then SIGCONT (F6, F8, F11). */
    STOP,
    /** Two of three brokers are killed (F3). */
    TWO_DOWN,
    /** A link's connections are refused (F14). */
    REFUSES,
    /** A link's connections are reset (F20, F35). */
    RESETS,
    /** A link is slow (F43). */
    SLOW,
    /** A link passes a few bytes at a time (F16). */
    SLICES,
    /** Nothing passes a link, and nobody is told (F16, F42). */
    BLACK_HOLE;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Kind parse(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** How many processes it kills. */
    int kills() {
      return switch (this) {
        case KILL -> 1;
        case TWO_DOWN -> 2;
        case TERM, STOP, REFUSES, RESETS, SLOW, SLICES, BLACK_HOLE -> 0;
      };
    }

    /** Whether it is a signal to a process. */
    boolean isSignal() {
      return switch (this) {
        case KILL, TERM, STOP -> true;
        case TWO_DOWN, REFUSES, RESETS, SLOW, SLICES, BLACK_HOLE -> false;
      };
    }
  }
}
