package io.waybill.bench;

import java.util.List;
import java.util.Optional;

/**
 * One figure of a benchmark: a value that is compared with a goal, where it has one.
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

  /** A figure that is printed and compared with nothing. */
  static Figure shown(String name, String what, List<Double> rounds) {
    return median(name, what, rounds, new Goal.None(), new Goal.None());
  }

  /** A bound, or none. */
  sealed interface Goal {
    boolean holds(double value);

    /** As machines read it; nothing where there is no bound. */
    default Optional<String> bound() {
      return Optional.of(toString());
    }

    record AtLeast(double least) implements Goal {
      @Override
      public boolean holds(double value) {
        return value >= least;
      }

      @Override
      public String toString() {
        return ">= " + Numbers.show(least);
      }
    }

    record AtMost(double most) implements Goal {
      @Override
      public boolean holds(double value) {
        return value <= most;
      }

      @Override
      public String toString() {
        return "<= " + Numbers.show(most);
      }
    }

    /** Whatever it is, it holds. */
    record None() implements Goal {
      @Override
      public boolean holds(double value) {
        return true;
      }

      @Override
      public Optional<String> bound() {
        return Optional.empty();
      }

      @Override
      public String toString() {
        return "-";
      }
    }
  }
}
