package io.waybill.bench;

import java.util.List;

/**
 * One figure of a benchmark: a value that is compared with a goal.
 *
 * @param name stable, for machines: {@code sends.at-once.rate}
 * @param what it is, in words
 * @param rounds the value of each round
 * @param value the median of the rounds
 * @param goal what must hold
 * @param aim what is wished for
 */
record Figure(String name, String what, List<Double> rounds, double value, Goal goal, Goal aim) {
  Figure {
    rounds = List.copyOf(rounds);
  }

  /** A figure whose value is the median of its rounds. */
  static Figure median(String name, String what, List<Double> rounds, Goal goal, Goal aim) {
    return new Figure(name, what, rounds, Numbers.median(rounds), goal, aim);
  }

  boolean holds() {
    return goal.holds(value);
  }

  /** A bound. */
  sealed interface Goal {
    boolean holds(double value);

    record AtLeast(double bound) implements Goal {
      @Override
      public boolean holds(double value) {
        return value >= bound;
      }

      @Override
      public String toString() {
        return ">= " + Numbers.show(bound);
      }
    }

    record AtMost(double bound) implements Goal {
      @Override
      public boolean holds(double value) {
        return value <= bound;
      }

      @Override
      public String toString() {
        return "<= " + Numbers.show(bound);
      }
    }
  }
}
